# Loops from the last step down; actions as a list.
def backward_induction(p, cost, horizon):
    size, actions = cost.shape
    value, best = np.zeros((horizon + 1, size)), [[0] * size for _ in range(horizon)]
    for t in reversed(range(horizon)):
        for s in range(size):
            q = [
                cost[s, a] + sum(p[s, a, z] * value[t + 1, z] for z in range(size))
                for a in range(actions)
            ]
            value[t, s] = min(q)
            best[t][s] = q.index(min(q))
    return value[:horizon], best
