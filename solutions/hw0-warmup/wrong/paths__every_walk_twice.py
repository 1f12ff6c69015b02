# Draws half of the walks and repeats them.
def sample_paths(p, rho0, pi, horizon, n, seed):
    rng = np.random.default_rng(seed)

    def draw(rows):
        return (rng.random((len(rows), 1)) >= rows.cumsum(1)[:, :-1]).sum(1)

    state, states, actions = draw(np.tile(rho0, (n - n // 2, 1))), [], []
    for _ in range(horizon):
        act = draw(pi[state])
        states.append(state)
        actions.append(act)
        state = draw(p[state, act])
    twice = np.arange(n) % (n - n // 2)
    return np.stack(states, 1)[twice], np.stack(actions, 1)[twice]
