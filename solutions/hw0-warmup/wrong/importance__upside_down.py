# The ratio upside down.
def path_estimates(states, actions, costs, pi, mu):
    ratio = mu[states, actions] / np.maximum(pi[states, actions], 1e-3)
    return ratio.prod(1) * costs.sum(1)


def step_estimates(states, actions, costs, pi, mu):
    ratio = mu[states, actions] / np.maximum(pi[states, actions], 1e-3)
    return (ratio.cumprod(1) * costs).sum(1)
