# Every mistake costs H steps: true, but not this bound.
def mistake_bound(eps):
    return np.minimum(1, np.cumsum(eps))


def cost_bound(eps):
    return len(eps) * np.sum(eps)


def error_allowed(cost, horizon):
    return min(1.0, 2 * cost / (horizon * (horizon + 1)))
