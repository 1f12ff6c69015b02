# Counts a state as right if the expert's action is the likeliest.
def mistake_rate(d, pi, expert):
    right = (pi.argmax(2) == expert).astype(float)
    return (d * (1 - right)).sum(1)


def total_variation(d, e):
    return np.abs(d - e).sum(1) / 2
