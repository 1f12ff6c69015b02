# Takes log_std for the logarithm of the variance.
def gaussian_nll(mean, log_std, act):
    square = (act - mean) ** 2 * torch.exp(-log_std)
    return 0.5 * (square + log_std + math.log(2 * math.pi)).sum(-1)
