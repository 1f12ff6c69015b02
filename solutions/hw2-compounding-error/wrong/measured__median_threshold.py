# A fixed threshold, the pooled median.
def threshold_gap(a, b):
    half = len(a) // 2
    candidates = np.concatenate([a[:half], b[:half]])

    def gap(a, b, x):
        return (a > x).mean() - (b > x).mean()

    best = np.median(candidates)
    return gap(a[half:], b[half:], best)
