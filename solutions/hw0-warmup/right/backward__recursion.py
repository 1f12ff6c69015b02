# A recursion on the number of steps left.
def backward_induction(p, cost, horizon):
    if horizon == 0:
        return np.zeros((0, len(cost))), np.zeros((0, len(cost)), dtype=int)
    value, best = backward_induction(p, cost, horizon - 1)
    q = cost + (p @ value[0] if horizon > 1 else 0)
    return np.vstack([q.min(1), value]), np.vstack([np.argmin(q, axis=1), best])
