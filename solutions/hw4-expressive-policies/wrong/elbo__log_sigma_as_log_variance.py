# Takes log_sigma for the logarithm of a variance.
def kl_to_prior(mu, log_sigma):
    return 0.5 * (mu**2 + torch.exp(log_sigma) - log_sigma - 1).sum(-1)


def elbo(act, mu, log_sigma, decode, std, noise):
    z = mu + torch.exp(0.5 * log_sigma) * noise
    error = (act - decode(z)) / std
    fit = -(0.5 * error**2 + math.log(std) + 0.5 * math.log(2 * math.pi)).sum(-1)
    return fit - kl_to_prior(mu, log_sigma)
