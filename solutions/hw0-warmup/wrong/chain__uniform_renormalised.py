# Divides the cost by the number of actions as well.
def state_chain(p, pi):
    return np.einsum("sa,saz->sz", pi, p)


def state_cost(cost, pi):
    return (pi * cost).mean(1)
