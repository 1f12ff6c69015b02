# The chance to be right.
def mistake_rate(d, pi, expert):
    right = pi[:, np.arange(len(expert)), expert]
    return (d * right).sum(1)


def total_variation(d, e):
    return np.abs(d - e).sum(1) / 2
