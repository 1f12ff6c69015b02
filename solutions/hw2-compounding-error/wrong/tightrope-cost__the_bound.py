# The bound in place of the cost.
def tightrope_cost(eps, horizon):
    return min(horizon, eps * horizon * (horizon + 1) / 2)


def growth(eps, low, high):
    return math.log(tightrope_cost(eps, high) / tightrope_cost(eps, low)) / math.log(high / low)
