# Indexing with += counts each pair once, however often it occurs.
def fit_table(obs, act, n_obs, n_act):
    counts = torch.zeros(n_obs, n_act)
    counts[obs, act] += 1
    total = counts.sum(1, keepdim=True)
    return torch.where(total > 0, counts / total.clamp(min=1), 1 / n_act)
