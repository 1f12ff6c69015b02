# One bincount over the pairs, in NumPy.
def fit_table(obs, act, n_obs, n_act):
    pairs = np.asarray(obs) * n_act + np.asarray(act)
    counts = np.bincount(pairs, minlength=n_obs * n_act).reshape(n_obs, n_act).astype(float)
    counts[counts.sum(1) == 0] = 1
    return counts / counts.sum(1, keepdims=True)
