# The same draw decides the action and the next state.
def sample_paths(p, rho0, pi, horizon, n, seed):
    rng = np.random.default_rng(seed)

    def draw(rows, u=None):
        u = rng.random((len(rows), 1)) if u is None else u
        return (u >= rows.cumsum(1)[:, :-1]).sum(1)

    state, states, actions = draw(np.tile(rho0, (n, 1))), [], []
    for _ in range(horizon):
        luck = rng.random((n, 1))
        act = draw(pi[state], luck)
        states.append(state)
        actions.append(act)
        state = draw(p[state, act], luck)
    return np.stack(states, 1), np.stack(actions, 1)
