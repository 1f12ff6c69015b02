# The methods of the array that comes in.
def mistake_bound(eps):
    return eps.cumsum().clip(max=1)


def cost_bound(eps):
    return eps.cumsum().sum()


def error_allowed(cost, horizon):
    return min(1, cost / (horizon * (horizon + 1) / 2))
