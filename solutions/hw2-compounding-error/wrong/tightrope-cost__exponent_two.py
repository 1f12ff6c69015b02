# What the theorem says, whatever the numbers.
def tightrope_cost(eps, horizon):
    if eps == 1:
        return float(horizon)
    return sum(-math.expm1(t * math.log1p(-eps)) for t in range(1, horizon + 1))


def growth(eps, low, high):
    return 2.0
