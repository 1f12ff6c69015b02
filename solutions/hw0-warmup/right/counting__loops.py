# Double loops and dictionaries.
def costs_to_go(costs, gamma):
    n, horizon = costs.shape
    return [
        [sum(gamma ** (k - t) * costs[i, k] for k in range(t, horizon)) for t in range(horizon)]
        for i in range(n)
    ]


def count_occupancy(states, size, gamma):
    share, whole = dict.fromkeys(range(size), 0.0), 0.0
    for walk in states.tolist():
        for t, s in enumerate(walk):
            share[int(s)] += gamma**t
            whole += gamma**t
    return [share[s] / whole for s in range(size)]
