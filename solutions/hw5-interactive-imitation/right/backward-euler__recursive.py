# By recursion; distances by hand.
def label_state(f, target, act, steps=1):
    if steps == 0:
        return target
    return target - f(label_state(f, target, act, steps - 1), act)


def misses(f, state, act, target):
    gap = target - state - f(state, act)
    return (gap * gap).sum(1) ** 0.5
