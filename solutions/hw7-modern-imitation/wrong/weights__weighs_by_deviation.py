# Weighs by one over the deviation.
def ensemble_weights(n, m):
    return torch.softmax(-m * torch.arange(n, dtype=torch.float64), 0)


def number_and_age(w):
    ages = torch.arange(len(w) - 1, -1, -1).to(w)
    return 1 / (w**2).sum(), w @ ages


def best_weights(variance):
    return variance**-0.5 / (variance**-0.5).sum()
