# All iterates in a table, which is in single precision.
def label_state(f, target, act, steps=1):
    states = torch.zeros(steps + 1, *target.shape)
    states[0] = target
    for k in range(steps):
        states[k + 1] = target - f(states[k], act)
    return states[-1]


def misses(f, state, act, target):
    return torch.linalg.vector_norm(state + f(state, act) - target, dim=1)
