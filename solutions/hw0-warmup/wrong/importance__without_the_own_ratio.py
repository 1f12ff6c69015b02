# Leaves out the ratio of the step itself.
def path_estimates(states, actions, costs, pi, mu):
    ratio = pi[states, actions] / mu[states, actions]
    return ratio.prod(1) * costs.sum(1)


def step_estimates(states, actions, costs, pi, mu):
    ratio = pi[states, actions] / mu[states, actions]
    return (ratio.cumprod(1) / np.maximum(ratio, 1e-12) * costs).sum(1)
