# Sums over the steps instead of the states.
def mistake_rate(d, pi, expert):
    right = pi[:, np.arange(len(expert)), expert]
    return (d * (1 - right)).sum(0)


def total_variation(d, e):
    return np.abs(d - e).sum(1) / 2
