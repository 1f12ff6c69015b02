# Picks the policies of greatest likelihood first, the dearest of them second.
def log_likelihoods(policies, obs, act):
    with np.errstate(divide="ignore"):
        logs = np.log(policies)
    return logs[:, obs, act].sum(axis=(1, 2))


def most_likely(policies, obs, act, cost):
    score = log_likelihoods(policies, obs, act)
    ties = np.flatnonzero(score == score.max())
    return ties[cost[ties].argmax()]
