# Sums the rows of all actions that the policy may take.
def state_chain(p, pi):
    return ((pi > 0)[..., None] * p).sum(1)


def state_cost(cost, pi):
    return (pi * cost).sum(1)
