# Multiplies the change by 1 - gamma.
def value_iteration(p, cost, gamma, tol):
    value, error = np.zeros(len(cost)), np.inf
    while error > tol:
        new = (cost + gamma * p @ value).min(1)
        error = np.abs(new - value).max() * (1 - gamma) / gamma
        value = new
    return value, (cost + gamma * p @ value).argmin(1)
