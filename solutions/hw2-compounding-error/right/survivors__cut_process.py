# The occupancy of a process in which mistakes lead to one more state.
def survivors(p, pi, expert, rho):
    states, actions = len(rho), p.shape[1]
    cut = np.zeros((states + 1, actions, states + 1))
    cut[:, :, states] = 1
    for s in range(states):
        cut[s, expert[s]] = np.append(p[s, expert[s]], 0)
    wide = np.concatenate([pi, np.full((len(pi), 1, actions), 1 / actions)], axis=1)
    return occupancy(cut, wide, np.append(rho, 0))[:, :states]


def first_mistake(p, pi, expert, rho):
    wrong = pi.copy()
    wrong[:, np.arange(len(rho)), expert] = 0
    return np.einsum("ts,tsa->t", survivors(p, pi, expert, rho), wrong)


def conditional_mistake(p, pi, expert, rho):
    alive = survivors(p, pi, expert, rho).sum(1)
    return np.divide(
        first_mistake(p, pi, expert, rho), alive, out=np.zeros(len(pi)), where=alive > 0
    )
