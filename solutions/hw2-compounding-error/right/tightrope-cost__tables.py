# The recursion over the tables, where no difference is taken.
def tightrope_cost(eps, horizon):
    rope, ground, cost = 1.0, 0.0, 0.0
    for _ in range(horizon):
        cost += rope * eps + ground
        rope, ground = rope * (1 - eps), ground + rope * eps
    return cost


def growth(eps, low, high):
    costs = np.log([tightrope_cost(eps, low), tightrope_cost(eps, high)])
    return np.diff(costs)[0] / (np.log(high) - np.log(low))
