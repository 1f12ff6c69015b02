# Learner and expert as one system of four coordinates.
def push_gaps(A, K, gain, y, error, H):
    pair = np.zeros((4, 4))
    pair[:2, :2], pair[2:, 2:] = A + K, A + gain
    state = np.array([0, y, 0, y], dtype=float)
    out = torch.zeros(H, dtype=torch.float64)
    for t in range(H):
        state = pair @ state
        if t == 0:
            state[2] += error
        out[t] = math.dist(state[:2], state[2:])
    return out


def growth(gaps):
    gaps = np.asarray(gaps)
    design = np.column_stack([np.ones(len(gaps)), np.arange(len(gaps))])
    (_, slope), *_ = np.linalg.lstsq(design, np.log(gaps), rcond=None)
    return np.exp(slope)


def worthless_from(beta, n, s):
    return next(H for H in range(1, 10_000) if 0.5 * beta ** (H - 1) * (2 * n) ** -float(s) >= 1)
