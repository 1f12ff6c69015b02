# Asks the model at the target in every step.
def label_state(f, target, act, steps=1):
    state = target
    for _ in range(steps):
        state = target - f(target, act)
    return state


def misses(f, state, act, target):
    return (state + f(state, act) - target).norm(dim=-1)
