# Holds the constants against the first step alone.
def pair_gaps(f, x, y, u, v):
    gaps = [np.linalg.norm(x - y, axis=1)]
    for t in range(u.shape[1]):
        x, y = f(x, u[:, t]), f(y, v[:, t])
        gaps.append(np.linalg.norm(x - y, axis=1))
    return np.stack(gaps, 1), np.linalg.norm(u - v, axis=2)


def fit_eiss(gaps, inputs, rates):
    best = (math.inf, None, None)
    for rho in rates:
        b, C = gaps[:, 0], 1.0
        for t in range(1):
            b = rho * b + inputs[:, t]
            C = max(C, (gaps[:, t + 1] / b).max())
        if C / (1 - rho) < best[0]:
            best = (C / (1 - rho), C, rho)
    return best[1], best[2]
