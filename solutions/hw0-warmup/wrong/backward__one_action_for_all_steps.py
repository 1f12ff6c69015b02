# The first step's actions for all steps.
def backward_induction(p, cost, horizon):
    left, value, actions = np.zeros(len(cost)), [], []
    for _ in range(horizon):
        q = cost + p @ left
        left = q.min(1)
        value.append(left)
        actions.append(q.argmin(1))
    return np.stack(value[::-1]), np.stack([actions[-1]] * horizon)
