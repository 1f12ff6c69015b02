# The stationary distribution of the chain with restarts.
def state_laws(chain, rho0, horizon):
    law = np.asarray(rho0)
    out = []
    while len(out) < horizon:
        out.append(law)
        law = chain.T @ law
    return np.array(out)


def discounted_occupancy(chain, rho0, gamma):
    restart = gamma * chain + (1 - gamma) * np.asarray(rho0)[None, :]
    values, vectors = np.linalg.eig(restart.T)
    d = np.real(vectors[:, np.argmax(np.real(values))])
    return d / d.sum()
