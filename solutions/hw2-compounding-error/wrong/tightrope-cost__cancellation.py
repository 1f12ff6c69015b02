# Subtracts two numbers near one.
def tightrope_cost(eps, horizon):
    if eps == 1:
        return float(horizon)
    return sum(1 - (1 - eps) ** t for t in range(1, horizon + 1))


def growth(eps, low, high):
    return math.log(tightrope_cost(eps, high) / tightrope_cost(eps, low)) / math.log(high / low)
