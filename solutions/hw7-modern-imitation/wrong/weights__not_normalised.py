# Forgets to divide by the sum.
def ensemble_weights(n, m):
    return torch.exp(-m * torch.arange(n, dtype=torch.float64))


def number_and_age(w):
    ages = torch.arange(len(w) - 1, -1, -1).to(w)
    return 1 / (w**2).sum(), w @ ages


def best_weights(variance):
    return (1 / variance) / (1 / variance).sum()
