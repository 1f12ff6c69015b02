# Row 0 is the last step.
def backward_induction(p, cost, horizon):
    left, value, actions = np.zeros(len(cost)), [], []
    for _ in range(horizon):
        q = cost + p @ left
        left = q.min(1)
        value.append(left)
        actions.append(q.argmin(1))
    return np.stack(value), np.stack(actions)
