# State by state, in plain loops.
def survivors(p, pi, expert, rho):
    horizon, states = len(pi), len(rho)
    g = np.zeros((horizon, states))
    g[0] = rho
    for t in range(1, horizon):
        for s in range(states):
            a = expert[s]
            for z in range(states):
                g[t, z] += g[t - 1, s] * pi[t - 1, s, a] * p[s, a, z]
    return g


def first_mistake(p, pi, expert, rho):
    g = survivors(p, pi, expert, rho)
    err = [[1 - row[a] for row, a in zip(table, expert)] for table in pi]
    return [float(np.dot(x, y)) for x, y in zip(g, err)]


def conditional_mistake(p, pi, expert, rho):
    g, first = survivors(p, pi, expert, rho), first_mistake(p, pi, expert, rho)
    return [f / sum(row) if sum(row) > 0 else 0.0 for f, row in zip(first, g)]
