# A count in place of a share.
def hoeffding(costs, low, high, confidence=0.95):
    mean = float(np.mean(np.asarray(costs)))
    half = (high - low) * math.sqrt(math.log(2 / (1 - confidence)) / (2 * len(costs)))
    return mean, mean - half, mean + half


def episodes_for(half_width, low, high, confidence=0.95):
    alpha = 1 - confidence
    return math.ceil(math.log(2 / alpha) / 2 * ((high - low) / half_width) ** 2)


def coverage(interval, draw, truth, repeats):
    hits = 0
    for _ in range(repeats):
        _, low, high = interval(draw())
        hits += bool(low <= truth <= high)
    return hits
