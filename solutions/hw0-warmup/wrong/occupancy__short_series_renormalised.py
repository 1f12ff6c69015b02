# Adds up a thousand terms and makes them sum to one.
def state_laws(chain, rho0, horizon):
    laws = [rho0]
    for _ in range(horizon - 1):
        laws.append(laws[-1] @ chain)
    return np.stack(laws)


def discounted_occupancy(chain, rho0, gamma):
    total, law = np.zeros(len(rho0)), rho0
    for t in range(1000):
        total, law = total + gamma**t * law, law @ chain
    return total / total.sum()
