# Norms and one constant; the divergence in terms of the deviation.
def kl_to_prior(mu, log_sigma):
    sigma = log_sigma.exp()
    total = mu.square().sum(1) + sigma.square().sum(1) - mu.shape[1]
    return total / 2 - log_sigma.sum(1)


def elbo(act, mu, log_sigma, decode, std, noise):
    means = decode(torch.addcmul(mu, log_sigma.exp(), noise))
    distance = (act - means).square().sum(1)
    constant = act.shape[1] * 0.5 * math.log(2 * math.pi * std**2)
    return -distance / (2 * std**2) - constant - kl_to_prior(mu, log_sigma)
