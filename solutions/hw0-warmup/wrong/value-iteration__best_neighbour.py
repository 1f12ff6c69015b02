# Goes for the best state that can be reached.
def value_iteration(p, cost, gamma, tol):
    value, error = np.zeros(len(cost)), np.inf
    while error > tol:
        new = (cost + gamma * p @ value).min(1)
        error = np.abs(new - value).max() * gamma / (1 - gamma)
        value = new
    return value, np.where(p > 0, value, np.inf).min(2).argmin(1)
