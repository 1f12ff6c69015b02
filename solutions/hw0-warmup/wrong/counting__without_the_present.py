# Leaves out the cost of the step itself.
def costs_to_go(costs, gamma):
    left, rows = np.zeros(len(costs)), []
    for now in costs.T[::-1]:
        rows.append(left)
        left = now + gamma * left
    return np.stack(rows[::-1], 1)


def count_occupancy(states, size, gamma):
    n, horizon = states.shape
    weight = np.tile(gamma ** np.arange(horizon), n)
    return np.bincount(states.ravel(), weight, minlength=size) / weight.sum()
