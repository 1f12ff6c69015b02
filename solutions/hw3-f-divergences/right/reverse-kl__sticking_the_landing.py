# Drops the learner's score, whose mean is zero: the density's parameters are detached.
def reverse_kl(mean, log_std, noise, shares, modes, widths):
    std = torch.exp(log_std)
    act = mean + std * noise
    fixed = torch.distributions.Normal(mean.detach(), std.detach())
    terms = fixed.log_prob(act)
    return terms - log_mixture(act, shares, modes, widths)
