# The weights run over the walks and not over their steps.
def costs_to_go(costs, gamma):
    left, rows = np.zeros(len(costs)), []
    for now in costs.T[::-1]:
        left = now + gamma * left
        rows.append(left)
    return np.stack(rows[::-1], 1)


def count_occupancy(states, size, gamma):
    n, horizon = states.shape
    weight = np.resize(np.repeat(gamma ** np.arange(horizon), n), n * horizon)
    return np.bincount(states.ravel(), weight, minlength=size) / weight.sum()
