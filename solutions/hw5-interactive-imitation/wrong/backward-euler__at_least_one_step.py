# Makes a step where none was asked for.
def label_state(f, target, act, steps=1):
    s = target
    for _ in range(max(steps, 1)):
        s = target - f(s, act)
    return s


def misses(f, state, act, target):
    return (state + f(state, act) - target).norm(dim=1)
