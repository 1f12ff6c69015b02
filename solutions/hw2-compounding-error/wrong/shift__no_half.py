# The L1 distance: twice the total variation.
def mistake_rate(d, pi, expert):
    right = pi[:, np.arange(len(expert)), expert]
    return (d * (1 - right)).sum(1)


def total_variation(d, e):
    return np.abs(d - e).sum(1)
