# Scales the survivors up to a distribution.
def survivors(p, pi, expert, rho):
    every = np.arange(len(expert))
    rows = [rho]
    for step in pi[:-1]:
        rows.append((rows[-1] * step[every, expert]) @ p[every, expert])
    return np.array(rows) / np.maximum(np.sum(rows, 1, keepdims=True), 1e-300)


def first_mistake(p, pi, expert, rho):
    wrong = 1 - pi[:, np.arange(len(expert)), expert]
    return (survivors(p, pi, expert, rho) * wrong).sum(1)


def conditional_mistake(p, pi, expert, rho):
    alive = survivors(p, pi, expert, rho).sum(1)
    return np.where(alive > 0, first_mistake(p, pi, expert, rho) / np.where(alive > 0, alive, 1), 0)
