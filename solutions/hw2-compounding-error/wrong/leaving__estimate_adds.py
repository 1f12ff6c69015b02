# Adds the errors of an episode.
def leaving(p, pi, expert, rho):
    every, stays = np.arange(len(expert)), rho
    for step in pi:
        stays = (stays * step[every, expert]) @ p[every, expert]
    return 1 - stays.sum()


def hellinger(p, pi, expert, rho):
    every, root = np.arange(len(expert)), rho
    for step in pi:
        root = (root * np.sqrt(step[every, expert])) @ p[every, expert]
    return 2 * (1 - root.sum())


def leaving_estimate(prob):
    return np.mean(np.sum(1 - prob, axis=1))
