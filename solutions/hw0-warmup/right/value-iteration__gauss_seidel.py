# Sweeps in place over the states, stopped by the residual of a last full sweep.
def value_iteration(p, cost, gamma, tol):
    value = [0.0] * len(cost)
    while True:
        for s in range(len(cost)):
            value[s] = min(
                cost[s, a] + gamma * float(np.dot(p[s, a], value)) for a in range(cost.shape[1])
            )
        q = cost + gamma * p @ np.array(value)
        if np.max(np.abs(q.min(1) - value)) / (1 - gamma) <= tol:
            return value, [int(a) for a in q.argmin(1)]
