# The chain's own stationary distribution, without restarts.
def state_laws(chain, rho0, horizon):
    laws = [rho0]
    for _ in range(horizon - 1):
        laws.append(laws[-1] @ chain)
    return np.stack(laws)


def discounted_occupancy(chain, rho0, gamma):
    return rho0 @ np.linalg.matrix_power(chain, 4096)
