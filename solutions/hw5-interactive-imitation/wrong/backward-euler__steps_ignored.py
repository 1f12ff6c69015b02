# One step, whatever k is.
def label_state(f, target, act, steps=1):
    return target - f(target, act) if steps else target


def misses(f, state, act, target):
    return (state + f(state, act) - target).norm(dim=-1)
