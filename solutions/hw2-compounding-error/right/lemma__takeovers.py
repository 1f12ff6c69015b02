# Total costs of policies that hand over, and their differences.
def handed_over(p, c, first, then, rho):
    costs = []
    for t in range(len(first) + 1):
        policy = np.concatenate([first[:t], then[t:]])
        costs.append((occupancy(p, policy, rho)[..., None] * policy * c).sum())
    return np.array(costs)


def learner_form(p, c, pi, star, rho):
    return np.diff(handed_over(p, c, pi, star, rho))


def expert_form(p, c, pi, star, rho):
    return -np.diff(handed_over(p, c, star, pi, rho))
