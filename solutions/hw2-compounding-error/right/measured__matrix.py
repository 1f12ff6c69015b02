# All candidates at once.
def threshold_gap(a, b):
    (a, a2), (b, b2) = np.split(np.asarray(a), 2), np.split(np.asarray(b), 2)
    at = np.concatenate([a, b])[:, None]
    x = at[((a > at).mean(1) - (b > at).mean(1)).argmax()]
    return float((a2 > x).mean() - (b2 > x).mean())
