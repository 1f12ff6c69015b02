# Chooses and judges on all of the data.
def threshold_gap(a, b):
    half = len(a) // 2
    a, b = np.tile(a, 2), np.tile(b, 2)
    half *= 2
    candidates = np.concatenate([a[:half], b[:half]])

    def gap(a, b, x):
        return (a > x).mean() - (b > x).mean()

    best = max(candidates, key=lambda x: gap(a[:half], b[:half], x))
    return gap(a[half:], b[half:], best)
