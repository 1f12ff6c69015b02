# The first step is discounted already.
def state_laws(chain, rho0, horizon):
    laws = [rho0]
    for _ in range(horizon - 1):
        laws.append(laws[-1] @ chain)
    return np.stack(laws)


def discounted_occupancy(chain, rho0, gamma):
    return np.linalg.solve(np.eye(len(rho0)) - gamma * chain.T, gamma * (1 - gamma) * rho0)
