# Multiplies from the wrong side.
def state_laws(chain, rho0, horizon):
    laws = [rho0]
    for _ in range(horizon - 1):
        laws.append(chain @ laws[-1])
    return np.stack(laws)


def discounted_occupancy(chain, rho0, gamma):
    return np.linalg.solve(np.eye(len(rho0)) - gamma * chain.T, (1 - gamma) * rho0)
