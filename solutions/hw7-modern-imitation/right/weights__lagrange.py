# The best weights from the linear system of the multiplier; NumPy in float32.
def ensemble_weights(n, m):
    raw = np.exp(-np.float32(m) * np.arange(n, dtype=np.float32))
    return raw / raw.sum()


def number_and_age(w):
    w = np.asarray(w)
    return 1 / (w @ w), w @ np.arange(len(w))[::-1]


def best_weights(variance):
    n = len(variance)
    system = torch.ones(n + 1, n + 1, dtype=torch.float64)
    system[:n, :n] = torch.diag(2 * variance.double())
    system[n, n] = 0
    side = torch.zeros(n + 1, dtype=torch.float64)
    side[n] = 1
    return torch.linalg.solve(system, side)[:n]
