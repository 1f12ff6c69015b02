# Counts the errors before step t only.
def mistake_bound(eps):
    return np.minimum(1, np.cumsum(eps) - np.asarray(eps))


def cost_bound(eps):
    return np.cumsum(eps).sum()


def error_allowed(cost, horizon):
    return min(1.0, 2 * cost / (horizon * (horizon + 1)))
