# Loops over pairs and rates, plain lists.
def pair_gaps(f, x, y, u, v):
    n, H, _ = u.shape
    states = [[x], [y]]
    for run, inputs in zip(states, (u, v)):
        for t in range(H):
            run.append(np.asarray(f(run[-1], inputs[:, t])))
    first, second = np.array(states)
    gaps = [[np.linalg.norm(first[t, i] - second[t, i]) for t in range(H + 1)] for i in range(n)]
    return gaps, np.sqrt(((u - v) ** 2).sum(-1))


def fit_eiss(gaps, inputs, rates):
    found = []
    for rho in rates:
        ratios = [1.0]
        for gap, pushed in zip(gaps, inputs):
            b = gap[0]
            for t, push in enumerate(pushed):
                b = rho * b + push
                ratios.append(gap[t + 1] / b)
        found.append((max(ratios) / (1 - rho), max(ratios), rho))
    return min(found)[1:]
