# Running sums in plain Python.
def mistake_bound(eps):
    bound, total = [], 0.0
    for e in eps:
        total += float(e)
        bound.append(min(total, 1.0))
    return bound


def cost_bound(eps):
    horizon = len(eps)
    return sum((horizon - t + 1) * float(e) for t, e in enumerate(eps, start=1))


def error_allowed(cost, horizon):
    return min(cost / sum(range(1, horizon + 1)), 1)
