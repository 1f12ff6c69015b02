# Of several, the cheapest.
def log_likelihoods(policies, obs, act):
    with np.errstate(divide="ignore"):
        return np.log(policies[:, obs, act]).sum((1, 2))


def most_likely(policies, obs, act, cost):
    score = log_likelihoods(policies, obs, act)
    return int(np.argmin(np.where(score == score.max(), cost, np.inf)))
