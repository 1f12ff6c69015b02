# Takes the dearest action.
def backward_induction(p, cost, horizon):
    left, value, actions = np.zeros(len(cost)), [], []
    for _ in range(horizon):
        q = cost + p @ left
        left = q.max(1)
        value.append(left)
        actions.append(q.argmax(1))
    return np.stack(value[::-1]), np.stack(actions[::-1])
