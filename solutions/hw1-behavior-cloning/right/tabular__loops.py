# Counts in a plain loop.
def fit_table(obs, act, n_obs, n_act):
    counts = [[0] * n_act for _ in range(n_obs)]
    for s, a in zip(obs.tolist(), act.tolist()):
        counts[s][a] += 1
    return torch.tensor([[c / sum(row) if sum(row) else 1 / n_act for c in row] for row in counts])
