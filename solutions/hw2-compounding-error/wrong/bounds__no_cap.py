# A probability above one.
def mistake_bound(eps):
    return np.cumsum(eps)


def cost_bound(eps):
    return np.cumsum(eps).sum()


def error_allowed(cost, horizon):
    return min(1.0, 2 * cost / (horizon * (horizon + 1)))
