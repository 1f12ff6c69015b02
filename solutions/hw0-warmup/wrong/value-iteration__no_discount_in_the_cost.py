# Discounts the cost of the present step too.
def value_iteration(p, cost, gamma, tol):
    value, error = np.zeros(len(cost)), np.inf
    while error > tol:
        new = (gamma * (cost + p @ value)).min(1)
        error = np.abs(new - value).max() * gamma / (1 - gamma)
        value = new
    return value, (cost + gamma * p @ value).argmin(1)
