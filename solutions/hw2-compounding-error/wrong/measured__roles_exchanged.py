# Looks for learners that are nearer to the middle than the expert.
def threshold_gap(a, b):
    half = len(a) // 2
    candidates = np.concatenate([a[:half], b[:half]])

    def gap(a, b, x):
        return (b > x).mean() - (a > x).mean()

    best = max(candidates, key=lambda x: gap(a[:half], b[:half], x))
    return gap(a[half:], b[half:], best)
