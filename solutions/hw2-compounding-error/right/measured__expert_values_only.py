# The expert's values suffice: only there does the gap rise.
def threshold_gap(a, b):
    n = len(a) // 2
    gaps = [np.mean(a[:n] > x) - np.mean(b[:n] > x) for x in b[:n]]
    x = b[int(np.argmax(gaps))]
    return np.mean(a[n:] > x) - np.mean(b[n:] > x)
