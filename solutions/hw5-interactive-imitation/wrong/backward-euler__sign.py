# Adds the increment.
def label_state(f, target, act, steps=1):
    state = target
    for _ in range(steps):
        state = target + f(state, act)
    return state


def misses(f, state, act, target):
    return (state + f(state, act) - target).norm(dim=-1)
