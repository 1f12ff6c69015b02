# Takes action 0 for the expert's in all states.
def mistake_rate(d, pi, expert):
    right = pi[:, :, 0]
    return (d * (1 - right)).sum(1)


def total_variation(d, e):
    return np.abs(d - e).sum(1) / 2
