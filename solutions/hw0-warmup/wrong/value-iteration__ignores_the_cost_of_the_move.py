# Chooses actions by where they lead alone.
def value_iteration(p, cost, gamma, tol):
    value, error = np.zeros(len(cost)), np.inf
    while error > tol:
        new = (cost + gamma * p @ value).min(1)
        error = np.abs(new - value).max() * gamma / (1 - gamma)
        value = new
    return value, (p @ value).argmin(1)
