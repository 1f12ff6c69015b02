# Asks for the score where the data is, not where the noise has put it.
def score_matching(mean, log_std, act):
    precision = torch.exp(-2 * log_std)
    return (0.5 * (act - mean) ** 2 * precision**2 - precision).sum(-1)


def denoising(score, act, noise, tau):
    residual = score(act) + noise / tau
    return 0.5 * (residual**2).sum(-1)
