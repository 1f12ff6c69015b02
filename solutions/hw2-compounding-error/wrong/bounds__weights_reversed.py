# Late mistakes cost most.
def mistake_bound(eps):
    return np.minimum(1, np.cumsum(eps))


def cost_bound(eps):
    return np.cumsum(np.asarray(eps)[::-1]).sum()


def error_allowed(cost, horizon):
    return min(1.0, 2 * cost / (horizon * (horizon + 1)))
