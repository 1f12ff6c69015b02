# Forgets the expert's share above the threshold.
def threshold_gap(a, b):
    half = len(a) // 2
    candidates = np.concatenate([a[:half], b[:half]])

    def gap(a, b, x):
        return (a > x).mean() - (b > x).mean()

    best = max(candidates, key=lambda x: gap(a[:half], b[:half], x))
    return (a[half:] > best).mean()
