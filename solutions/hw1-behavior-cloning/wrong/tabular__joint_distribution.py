# Normalises over states and actions together: the joint frequency, not the conditional one.
def fit_table(obs, act, n_obs, n_act):
    counts = torch.zeros(n_obs, n_act)
    counts.index_put_((obs, act), torch.ones(len(obs)), accumulate=True)
    seen = counts.sum(1, keepdim=True) > 0
    return torch.where(seen, counts / len(obs), 1 / n_act)
