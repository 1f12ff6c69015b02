# Treats sigma as a constant: it would never be learned.
def gaussian_nll(mean, log_std, act):
    z = (act - mean) * torch.exp(-log_std.detach())
    return (0.5 * z**2 + log_std.detach() + 0.5 * math.log(2 * math.pi)).sum(-1)
