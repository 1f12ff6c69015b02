# Matrix powers, the normal equations and a logarithm rounded up.
def push_gaps(A, K, gain, y, error, H):
    start, push = np.array([0.0, y]), np.array([error, 0.0])
    gaps = []
    for t in range(1, H + 1):
        expert = np.linalg.matrix_power(A + K, t) @ start
        own = np.linalg.matrix_power(A + gain, t - 1)
        gaps.append(np.linalg.norm(own @ ((A + gain) @ start + push) - expert))
    return gaps


def growth(gaps):
    t = np.arange(1, len(gaps) + 1)
    t = t - t.mean()
    return np.exp((t * np.log(gaps)).sum() / (t**2).sum())


def worthless_from(beta, n, s):
    needed = (math.log(2) + s * math.log(2 * n)) / math.log(beta)
    return 1 + math.ceil(needed - 1e-9)
