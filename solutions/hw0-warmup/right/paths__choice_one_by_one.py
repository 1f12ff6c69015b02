# One walk after the other, by Generator.choice.
def sample_paths(p, rho0, pi, horizon, n, seed):
    rng = np.random.default_rng(seed)
    first, acts, after = rho0.cumsum(), pi.cumsum(1), p.cumsum(2)
    states, actions = np.zeros((n, horizon), int), np.zeros((n, horizon), int)
    for i in range(n):
        s = min(int(np.searchsorted(first, rng.random(), side="right")), len(rho0) - 1)
        for t in range(horizon):
            a = min(int(np.searchsorted(acts[s], rng.random(), side="right")), pi.shape[1] - 1)
            states[i, t], actions[i, t] = s, a
            s = min(int(np.searchsorted(after[s, a], rng.random(), side="right")), len(rho0) - 1)
    return states, actions
