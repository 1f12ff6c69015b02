# All walks share each draw.
def sample_paths(p, rho0, pi, horizon, n, seed):
    rng = np.random.default_rng(seed)

    def draw(rows):
        return (rng.random() >= rows.cumsum(1)[:, :-1]).sum(1)

    state, states, actions = draw(np.tile(rho0, (n, 1))), [], []
    for _ in range(horizon):
        act = draw(pi[state])
        states.append(state)
        actions.append(act)
        state = draw(p[state, act])
    return np.stack(states, 1), np.stack(actions, 1)
