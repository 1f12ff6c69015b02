# The expert's occupancy: as if nobody erred.
def survivors(p, pi, expert, rho):
    every = np.arange(len(expert))
    rows = [rho]
    for _ in pi[:-1]:
        rows.append((rows[-1]) @ p[every, expert])
    return np.array(rows)


def first_mistake(p, pi, expert, rho):
    wrong = 1 - pi[:, np.arange(len(expert)), expert]
    return (survivors(p, pi, expert, rho) * wrong).sum(1)


def conditional_mistake(p, pi, expert, rho):
    alive = survivors(p, pi, expert, rho).sum(1)
    return np.where(alive > 0, first_mistake(p, pi, expert, rho) / np.where(alive > 0, alive, 1), 0)
