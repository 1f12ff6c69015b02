# torch.distributions, the density evaluated at the samples.
def reverse_kl(mean, log_std, noise, shares, modes, widths):
    q = torch.distributions.Normal(mean, log_std.exp())
    act = q.loc + q.scale * noise
    return q.log_prob(act) - log_mixture(act, shares, modes, widths)
