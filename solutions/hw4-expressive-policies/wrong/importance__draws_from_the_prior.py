# Decodes the noise itself, a draw of the prior.
def importance_bound(act, mu, log_sigma, decode, std, noise):
    normal = torch.distributions.Normal
    z = noise
    log_ratio = normal(decode(z), std).log_prob(act).sum(-1)
    log_ratio = log_ratio + normal(0.0, 1.0).log_prob(z).sum(-1)
    log_ratio = log_ratio - normal(mu, log_sigma.exp()).log_prob(z).sum(-1)
    return torch.logsumexp(log_ratio, 0) - math.log(len(noise))
