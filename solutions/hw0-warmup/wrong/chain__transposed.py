# Rows and columns exchanged.
def state_chain(p, pi):
    return np.einsum("sa,saz->zs", pi, p)


def state_cost(cost, pi):
    return (pi * cost).sum(1)
