# Half the Euclidean distance.
def mistake_rate(d, pi, expert):
    right = pi[:, np.arange(len(expert)), expert]
    return (d * (1 - right)).sum(1)


def total_variation(d, e):
    return np.sqrt(((d - e) ** 2).sum(1)) / 2
