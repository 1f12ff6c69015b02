# Rewards wide Gaussians: the sign of log sigma is wrong.
def gaussian_nll(mean, log_std, act):
    z = (act - mean) * torch.exp(-log_std)
    return (0.5 * z**2 - log_std + 0.5 * math.log(2 * math.pi)).sum(-1)
