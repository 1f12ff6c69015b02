# A mistake at step t spoils H - t steps.
def mistake_bound(eps):
    return np.minimum(1, np.cumsum(eps))


def cost_bound(eps):
    return (np.cumsum(eps) - np.asarray(eps)).sum()


def error_allowed(cost, horizon):
    return min(1.0, 2 * cost / (horizon * (horizon + 1)))
