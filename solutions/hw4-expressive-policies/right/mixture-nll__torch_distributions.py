# The mixture of torch.distributions.
def mixture_nll(logits, mean, log_std, act):
    each = torch.distributions.Independent(torch.distributions.Normal(mean, log_std.exp()), 1)
    which = torch.distributions.Categorical(logits=logits)
    return -torch.distributions.MixtureSameFamily(which, each).log_prob(act)
