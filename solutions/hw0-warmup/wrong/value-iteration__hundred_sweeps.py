# Stops after a hundred sweeps.
def value_iteration(p, cost, gamma, tol):
    value = np.zeros(len(cost))
    for _ in range(100):
        new = (cost + gamma * p @ value).min(1)
        value = new
    return value, (cost + gamma * p @ value).argmin(1)
