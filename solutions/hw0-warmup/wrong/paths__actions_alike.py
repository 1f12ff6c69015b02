# Draws all actions with equal probability.
def sample_paths(p, rho0, pi, horizon, n, seed):
    rng = np.random.default_rng(seed)

    def draw(rows):
        return (rng.random((len(rows), 1)) >= rows.cumsum(1)[:, :-1]).sum(1)

    state, states, actions = draw(np.tile(rho0, (n, 1))), [], []
    for _ in range(horizon):
        act = rng.integers(pi.shape[1], size=n)
        states.append(state)
        actions.append(act)
        state = draw(p[state, act])
    return np.stack(states, 1), np.stack(actions, 1)
