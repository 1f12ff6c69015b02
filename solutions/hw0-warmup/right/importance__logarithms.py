# Sums of logarithms.
def path_estimates(states, actions, costs, pi, mu):
    with np.errstate(divide="ignore"):
        logs = np.log(pi[states, actions]) - np.log(mu[states, actions])
    return np.exp(logs.sum(axis=1)) * costs.sum(axis=1)


def step_estimates(states, actions, costs, pi, mu):
    with np.errstate(divide="ignore"):
        logs = np.log(pi[states, actions]) - np.log(mu[states, actions])
    return np.sum(np.exp(np.cumsum(logs, axis=1)) * costs, axis=1)
