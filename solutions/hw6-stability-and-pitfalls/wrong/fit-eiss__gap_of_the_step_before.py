# Compares the bound at t with the gap one step earlier.
def pair_gaps(f, x, y, u, v):
    gaps = [np.linalg.norm(x - y, axis=1)]
    for t in range(u.shape[1]):
        x, y = f(x, u[:, t]), f(y, v[:, t])
        gaps.append(np.linalg.norm(x - y, axis=1))
    return np.array(gaps).T, np.linalg.norm(u - v, axis=2)


def fit_eiss(gaps, inputs, rates):
    best, promise = None, math.inf
    for rho in map(float, rates):
        reach, C = gaps[:, 0], 1.0
        for t in range(inputs.shape[1]):
            reach = rho * reach + inputs[:, t]
            C = max(C, (gaps[:, t] / reach).max())
        if C / (1 - rho) < promise:
            best, promise = (C, rho), C / (1 - rho)
    return best
