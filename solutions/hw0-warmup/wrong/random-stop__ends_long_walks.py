# No walk lasts longer than fifty steps.
def horizon_for(gamma, bias):
    return max(1, math.ceil(math.log(bias * (1 - gamma)) / math.log(gamma)))


def stopped_costs(p, cost, rho0, pi, gamma, n, seed):
    rng = np.random.default_rng(seed)

    def draw(rows):
        return (rng.random((len(rows), 1)) >= rows.cumsum(1)[:, :-1]).sum(1)

    state, total, alive = draw(np.tile(rho0, (n, 1))), np.zeros(n), np.ones(n, dtype=bool)
    for _ in range(50):
        act = draw(pi[state])
        total += alive * cost[state, act]
        alive &= rng.random(n) < gamma
        state = draw(p[state, act])
    return total
