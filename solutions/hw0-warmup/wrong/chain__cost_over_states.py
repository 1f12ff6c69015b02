# Averages the costs over states.
def state_chain(p, pi):
    return np.einsum("sa,saz->sz", pi, p)


def state_cost(cost, pi):
    return (pi * cost).sum(0)
