# Largest over loops.
def recoverability(p, c, expert, horizon):
    q = q_values(p, c, as_policy(expert, horizon, c.shape[1]))
    return max(q[t, s, a] - q[t, s, expert[s]] for t, s, a in np.ndindex(*q.shape))


def learner_prices(p, c, pi, expert, rho):
    q, visited, prices = q_values(p, c, pi), set(np.flatnonzero(rho)), []
    for table in q:
        prices.append(max(max(table[s]) - table[s, expert[s]] for s in visited))
        visited = {z for s in visited for z in np.flatnonzero(p[s, expert[s]])}
    return prices


def price_bound(p, c, pi, expert, rho):
    bound, d = 0.0, np.array(rho)
    for price, table in zip(learner_prices(p, c, pi, expert, rho), pi):
        bound += price * sum(d[s] * (1 - table[s, a]) for s, a in enumerate(expert))
        d = sum(d[s] * p[s, a] for s, a in enumerate(expert))
    return bound
