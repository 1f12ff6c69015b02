# Averages over states without their probabilities.
def mistake_rate(d, pi, expert):
    right = pi[:, np.arange(len(expert)), expert]
    return (1 - right).mean(1)


def total_variation(d, e):
    return np.abs(d - e).sum(1) / 2
