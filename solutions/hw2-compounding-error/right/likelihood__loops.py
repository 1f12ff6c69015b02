# Policy by policy, one step at a time.
def log_likelihoods(policies, obs, act):
    scores = []
    for table in policies:
        score = 0.0
        for s, a in zip(np.ravel(obs), np.ravel(act)):
            score += math.log(table[s][a]) if table[s][a] > 0 else -math.inf
        scores.append(score)
    return scores


def most_likely(policies, obs, act, cost):
    scores = log_likelihoods(policies, obs, act)
    best = [k for k, score in enumerate(scores) if score >= max(scores)]
    return max(best, key=lambda k: cost[k])
