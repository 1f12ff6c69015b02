# The cost of the cheapest action.
def state_chain(p, pi):
    return np.einsum("sa,saz->sz", pi, p)


def state_cost(cost, pi):
    return cost.min(1)
