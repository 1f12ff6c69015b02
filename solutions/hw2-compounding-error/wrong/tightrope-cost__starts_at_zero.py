# The sum over t = 0 ... H - 1.
def tightrope_cost(eps, horizon):
    if eps == 1:
        return float(horizon)
    return sum(-math.expm1(t * math.log1p(-eps)) for t in range(horizon))


def growth(eps, low, high):
    return math.log(tightrope_cost(eps, high) / tightrope_cost(eps, low)) / math.log(high / low)
