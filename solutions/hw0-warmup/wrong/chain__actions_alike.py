# Averages over actions without the policy.
def state_chain(p, pi):
    return p.mean(1)


def state_cost(cost, pi):
    return cost.mean(1)
