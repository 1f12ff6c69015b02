# Adds up a hundred terms.
def state_laws(chain, rho0, horizon):
    laws = [rho0]
    for _ in range(horizon - 1):
        laws.append(laws[-1] @ chain)
    return np.stack(laws)


def discounted_occupancy(chain, rho0, gamma):
    total, law = np.zeros(len(rho0)), rho0
    for t in range(100):
        total, law = total + gamma**t * law, law @ chain
    return (1 - gamma) * total
