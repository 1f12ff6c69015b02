# Clips the weights at one.
def path_estimates(states, actions, costs, pi, mu):
    ratio = pi[states, actions] / mu[states, actions]
    return np.minimum(ratio.prod(1), 1) * costs.sum(1)


def step_estimates(states, actions, costs, pi, mu):
    ratio = pi[states, actions] / mu[states, actions]
    return (ratio.cumprod(1) * costs).sum(1)
