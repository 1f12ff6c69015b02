# The closed geometric sum: cancels even sooner.
def tightrope_cost(eps, horizon):
    if eps == 1:
        return float(horizon)
    return horizon - (1 - eps) * (1 - (1 - eps) ** horizon) / eps


def growth(eps, low, high):
    return math.log(tightrope_cost(eps, high) / tightrope_cost(eps, low)) / math.log(high / low)
