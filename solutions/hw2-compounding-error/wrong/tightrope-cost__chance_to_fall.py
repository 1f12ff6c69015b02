# The probability of a fall, not the steps it costs.
def tightrope_cost(eps, horizon):
    if eps == 1:
        return float(horizon)
    return -math.expm1(horizon * math.log1p(-eps))


def growth(eps, low, high):
    return math.log(tightrope_cost(eps, high) / tightrope_cost(eps, low)) / math.log(high / low)
