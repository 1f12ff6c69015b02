# Stops when a sweep changes less than tol.
def value_iteration(p, cost, gamma, tol):
    value, error = np.zeros(len(cost)), np.inf
    while error > tol:
        new = (cost + gamma * p @ value).min(1)
        error = np.abs(new - value).max()
        value = new
    return value, (cost + gamma * p @ value).argmin(1)
