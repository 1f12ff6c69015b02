# Ages that are counted in whole numbers and made into single precision.
def ensemble_weights(n, m):
    return torch.softmax(-m * torch.arange(n), 0)


def number_and_age(w):
    n = len(w)
    return 1 / (w @ w), w @ torch.arange(n - 1, -1, -1).float()


def best_weights(variance):
    precision = 1 / variance
    return precision / (torch.ones(len(precision)) @ precision)
