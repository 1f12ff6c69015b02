# NumPy distances; a while loop that corrects by the miss.
def label_state(f, target, act, steps=1):
    state, k = target.clone(), 0
    while k < steps:
        state, k = state - (state + f(state, act) - target), k + 1
    return state


def misses(f, state, act, target):
    reached = np.asarray(state) + np.asarray(f(state, act))
    return np.linalg.norm(reached - np.asarray(target), axis=1)
