# Policy iteration, exact.
def value_iteration(p, cost, gamma, tol):
    rows = np.arange(len(cost))
    best = cost.argmin(1)
    while True:
        chain, paid = p[rows, best], cost[rows, best]
        value = np.linalg.solve(np.eye(len(cost)) - gamma * chain, paid)
        q = cost + gamma * p @ value
        better = q.min(1) < q[rows, best] - 1e-10
        if not better.any():
            return value, best
        best = np.where(better, q.argmin(1), best)
