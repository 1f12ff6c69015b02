# The mean over steps and episodes.
def log_likelihoods(policies, obs, act):
    with np.errstate(divide="ignore"):
        return np.log(policies[:, obs, act]).mean((1, 2))


def most_likely(policies, obs, act, cost):
    score = log_likelihoods(policies, obs, act)
    return int(np.argmax(np.where(score == score.max(), cost, -np.inf)))
