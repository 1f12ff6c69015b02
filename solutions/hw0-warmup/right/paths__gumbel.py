# The largest of log probability plus Gumbel noise; floats out.
def sample_paths(p, rho0, pi, horizon, n, seed):
    rng = np.random.RandomState(seed)

    def draw(rows):
        with np.errstate(divide="ignore"):
            return np.argmax(np.log(rows) + rng.gumbel(size=rows.shape), axis=-1)

    out = np.zeros((2, n, horizon))
    state = draw(np.broadcast_to(rho0, (n, len(rho0))))
    for t in range(horizon):
        act = draw(pi[state])
        out[0, :, t], out[1, :, t] = state, act
        state = draw(p[state, act])
    return out
