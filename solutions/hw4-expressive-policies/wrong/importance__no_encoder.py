# Leaves out the encoder's density.
def importance_bound(act, mu, log_sigma, decode, std, noise):
    normal = torch.distributions.Normal
    z = mu + torch.exp(log_sigma) * noise
    log_ratio = normal(decode(z), std).log_prob(act).sum(-1)
    log_ratio = log_ratio + normal(0.0, 1.0).log_prob(z).sum(-1)
    return torch.logsumexp(log_ratio, 0) - math.log(len(noise))
