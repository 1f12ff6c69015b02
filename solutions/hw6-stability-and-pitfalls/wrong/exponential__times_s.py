# Multiplies by s instead of raising to its power.
def push_gaps(A, K, gain, y, error, H):
    x = np.array([0.0, y])
    z = x.copy()
    out = []
    for t in range(H):
        x = (A + K) @ x
        z = (A + gain) @ z
        if t == 0:
            z = z + np.array([error, 0.0])
        out.append(np.linalg.norm(z - x))
    return np.array(out)


def growth(gaps):
    t = np.arange(1, len(gaps) + 1)
    return math.exp(np.polyfit(t, np.log(gaps), 1)[0])


def worthless_from(beta, n, s):
    H = 1
    while beta ** (H - 1) < 2 * (2 * n) * s:
        H += 1
    return H
