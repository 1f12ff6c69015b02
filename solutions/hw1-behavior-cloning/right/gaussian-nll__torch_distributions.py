# torch's Normal, and Independent to sum over the dimensions.
def gaussian_nll(mean, log_std, act):
    normal = torch.distributions.Normal(mean, log_std.exp())
    return -torch.distributions.Independent(normal, 1).log_prob(act)
