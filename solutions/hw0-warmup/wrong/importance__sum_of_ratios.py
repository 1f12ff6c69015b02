# Adds the ratios.
def path_estimates(states, actions, costs, pi, mu):
    ratio = pi[states, actions] / mu[states, actions]
    return ratio.sum(1) * costs.sum(1)


def step_estimates(states, actions, costs, pi, mu):
    ratio = pi[states, actions] / mu[states, actions]
    return (ratio.cumprod(1) * costs).sum(1)
