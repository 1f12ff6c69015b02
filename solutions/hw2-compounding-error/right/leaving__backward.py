# From the last step backward: the expected product still to come.
def to_come(factor, p, expert, rho):
    value = [1.0] * len(rho)
    for row in factor[::-1]:
        value = [row[s] * float(np.dot(p[s, a], value)) for s, a in enumerate(expert)]
    return float(np.dot(rho, value))


def right_actions(pi, expert):
    return np.take_along_axis(pi, np.asarray(expert)[None, :, None], axis=2)[..., 0]


def leaving(p, pi, expert, rho):
    return 1 - to_come(right_actions(pi, expert), p, expert, rho)


def hellinger(p, pi, expert, rho):
    return 2 - 2 * to_come(right_actions(pi, expert) ** 0.5, p, expert, rho)


def leaving_estimate(prob):
    return 1 - np.exp(np.log(prob).sum(1)).mean()
