# Drops log sqrt(2 pi), harmless to the gradient but not a density.
def gaussian_nll(mean, log_std, act):
    z = (act - mean) * torch.exp(-log_std)
    return (0.5 * z**2 + log_std).sum(-1)
