# Takes policies for equally likely whose log-likelihoods differ by less than a hundredth.
def log_likelihoods(policies, obs, act):
    with np.errstate(divide="ignore"):
        return np.log(policies)[:, obs, act].sum((1, 2))


def most_likely(policies, obs, act, cost):
    score = log_likelihoods(policies, obs, act)
    best = np.isclose(score, score.max(), rtol=0.01)
    return int(np.argmax(np.where(best, cost, -np.inf)))
