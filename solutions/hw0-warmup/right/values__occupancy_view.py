# Loops, and the objective by the occupancy.
def policy_values(p, cost, pi, gamma):
    size, actions = cost.shape
    chain, paid = np.zeros((size, size)), np.zeros(size)
    for s in range(size):
        for a in range(actions):
            chain[s] += pi[s, a] * p[s, a]
            paid[s] += pi[s, a] * cost[s, a]
    value = np.linalg.inv(np.eye(size) - gamma * chain).dot(paid)
    q = np.array(
        [[cost[s, a] + gamma * p[s, a].dot(value) for a in range(actions)] for s in range(size)]
    )
    return [value, q]


def objective(p, cost, rho0, pi, gamma):
    chain = sum(pi[:, a, None] * p[:, a] for a in range(pi.shape[1]))
    d = np.linalg.solve(np.eye(len(rho0)) - gamma * chain.T, (1 - gamma) * rho0)
    return d @ (pi * cost).sum(1) / (1 - gamma)
