# The dearest of all policies that the data allow.
def log_likelihoods(policies, obs, act):
    with np.errstate(divide="ignore"):
        return np.log(policies[:, obs, act]).sum((1, 2))


def most_likely(policies, obs, act, cost):
    score = log_likelihoods(policies, obs, act)
    return int(np.argmax(np.where(np.isfinite(score), cost, -np.inf)))
