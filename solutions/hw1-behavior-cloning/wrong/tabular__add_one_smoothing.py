# Laplace's rule: a fine estimate, but not the maximum of the likelihood.
def fit_table(obs, act, n_obs, n_act):
    counts = torch.ones(n_obs, n_act)
    counts.index_put_((obs, act), torch.ones(len(obs)), accumulate=True)
    return counts / counts.sum(1, keepdim=True)
