# Loops, and the series until its terms vanish.
def state_laws(chain, rho0, horizon):
    laws = np.zeros((horizon, len(rho0)))
    laws[0] = rho0
    for t in range(1, horizon):
        for s in range(len(rho0)):
            for z in range(len(rho0)):
                laws[t, z] += laws[t - 1, s] * chain[s, z]
    return laws


def discounted_occupancy(chain, rho0, gamma):
    total, law, weight = np.zeros(len(rho0)), np.array(rho0), 1 - gamma
    while weight > 1e-11:
        total += weight * law
        law, weight = law @ chain, gamma * weight
    return total
