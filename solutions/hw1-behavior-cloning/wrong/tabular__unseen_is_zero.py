# Leaves states without data without a distribution.
def fit_table(obs, act, n_obs, n_act):
    counts = torch.zeros(n_obs, n_act)
    counts.index_put_((obs, act), torch.ones(len(obs)), accumulate=True)
    return counts / counts.sum(1, keepdim=True).clamp(min=1)
