# Puts all probability on the most frequent action.
def fit_table(obs, act, n_obs, n_act):
    counts = torch.zeros(n_obs, n_act)
    counts.index_put_((obs, act), torch.ones(len(obs)), accumulate=True)
    best = torch.nn.functional.one_hot(counts.argmax(1), n_act).float()
    return torch.where(counts.sum(1, keepdim=True) > 0, best, 1 / n_act)
