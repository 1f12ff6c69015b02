# Takes the action that is cheapest now.
def backward_induction(p, cost, horizon):
    left, value, actions = np.zeros(len(cost)), [], []
    for _ in range(horizon):
        q = cost + p @ left
        left = q[range(len(q)), cost.argmin(1)]
        value.append(left)
        actions.append(cost.argmin(1))
    return np.stack(value[::-1]), np.stack(actions[::-1])
