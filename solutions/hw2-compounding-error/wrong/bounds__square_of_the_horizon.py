# Inverts eps H^2 / 2.
def mistake_bound(eps):
    return np.minimum(1, np.cumsum(eps))


def cost_bound(eps):
    return np.cumsum(eps).sum()


def error_allowed(cost, horizon):
    return min(1.0, 2 * cost / horizon**2)
