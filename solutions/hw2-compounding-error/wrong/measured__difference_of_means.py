# How far apart the means are, no difference of probabilities.
def threshold_gap(a, b):
    half = len(a) // 2
    return a[half:].mean() - b[half:].mean()
