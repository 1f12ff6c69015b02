# The last step costs nothing.
def backward_induction(p, cost, horizon):
    left, value, actions = np.zeros(len(cost)), [], []
    for _ in range(horizon):
        q = cost + p @ left if value else 0 * cost
        left = q.min(1)
        value.append(left * 0 if not value else left)
        actions.append(q.argmin(1))
    return np.stack(value[::-1]), np.stack(actions[::-1])
