# Draws the lengths first; one walk after the other.
def horizon_for(gamma, bias):
    steps = 1
    while gamma**steps / (1 - gamma) > bias:
        steps += 1
    return steps


def stopped_costs(p, cost, rho0, pi, gamma, n, seed):
    rng = np.random.default_rng(seed)
    lengths = rng.geometric(1 - gamma, size=n)
    first, acts, after = rho0.cumsum(), pi.cumsum(1), p.cumsum(2)
    totals = []
    for length in lengths:
        s, total = int((rng.random() > first[:-1]).sum()), 0.0
        for _ in range(length):
            a = int((rng.random() > acts[s, :-1]).sum())
            total += cost[s, a]
            s = int((rng.random() > after[s, a, :-1]).sum())
        totals.append(total)
    return totals
