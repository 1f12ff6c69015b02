# Supposes independent mistakes: no bound for disjoint ones.
def mistake_bound(eps):
    return 1 - np.cumprod(1 - np.asarray(eps))


def cost_bound(eps):
    return np.cumsum(eps).sum()


def error_allowed(cost, horizon):
    return min(1.0, 2 * cost / (horizon * (horizon + 1)))
