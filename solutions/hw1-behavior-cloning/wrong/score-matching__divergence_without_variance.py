# Differentiates -(a - mu) / sigma^2 as if sigma were 1: the second term is -d.
def score_matching(mean, log_std, act):
    precision = torch.exp(-2 * log_std)
    return (0.5 * (act - mean) ** 2 * precision**2 - 1).sum(-1)


def denoising(score, act, noise, tau):
    residual = score(act + tau * noise) + noise / tau
    return 0.5 * (residual**2).sum(-1)
