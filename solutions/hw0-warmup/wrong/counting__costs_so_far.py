# Costs paid so far in place of costs to come.
def costs_to_go(costs, gamma):
    left, rows = np.zeros(len(costs)), []
    for now in costs.T:
        left = now + gamma * left
        rows.append(left)
    return np.stack(rows, 1)


def count_occupancy(states, size, gamma):
    n, horizon = states.shape
    weight = np.tile(gamma ** np.arange(horizon), n)
    return np.bincount(states.ravel(), weight, minlength=size) / weight.sum()
