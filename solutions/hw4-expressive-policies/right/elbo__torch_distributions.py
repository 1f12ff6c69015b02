# Densities and divergence of torch.distributions.
def kl_to_prior(mu, log_sigma):
    normal = torch.distributions.Normal
    code, prior = normal(mu, log_sigma.exp()), normal(torch.zeros_like(mu), 1.0)
    return torch.distributions.kl_divergence(code, prior).sum(1)


def elbo(act, mu, log_sigma, decode, std, noise):
    decoded = decode(mu + log_sigma.exp() * noise)
    fit = torch.distributions.Normal(decoded, std).log_prob(act)
    return fit.sum(1) - kl_to_prior(mu, log_sigma)
