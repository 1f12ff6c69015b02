# Total variation of the last step's states, not of trajectories.
def leaving(p, pi, expert, rho):
    shown = occupancy(p, as_policy(expert, len(pi), p.shape[1]), rho)
    return np.abs(occupancy(p, pi, rho) - shown)[-1].sum() / 2


def hellinger(p, pi, expert, rho):
    every, root = np.arange(len(expert)), rho
    for step in pi:
        root = (root * np.sqrt(step[every, expert])) @ p[every, expert]
    return 2 * (1 - root.sum())


def leaving_estimate(prob):
    return np.mean(1 - np.prod(prob, axis=1))
