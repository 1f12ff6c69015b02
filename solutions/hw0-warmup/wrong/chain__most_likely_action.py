# Takes the policy's most likely action alone.
def state_chain(p, pi):
    return p[range(len(p)), pi.argmax(1)]


def state_cost(cost, pi):
    return (pi * cost).sum(1)
