# Takes the size of m.
def ensemble_weights(n, m):
    return torch.softmax(-abs(m) * torch.arange(n, dtype=torch.float64), 0)


def number_and_age(w):
    n = len(w)
    return 1 / (w**2).sum(), (w * torch.arange(n - 1, -1, -1)).sum()


def best_weights(variance):
    return (1 / variance) / (1 / variance).sum()
