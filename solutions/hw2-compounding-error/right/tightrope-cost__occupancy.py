# Through occupancy, with the tables that are given.
def tightrope_cost(eps, horizon):
    p, c, rho, pi, _ = tightrope(eps, horizon)
    return np.einsum("ts,tsa,sa->", occupancy(p, pi, rho), pi, c)


def growth(eps, low, high):
    x, y = np.log([low, high]), np.log([tightrope_cost(eps, h) for h in (low, high)])
    return np.polyfit(x, y, 1)[0]
