# Multiplies the ratios from the step on.
def path_estimates(states, actions, costs, pi, mu):
    ratio = pi[states, actions] / mu[states, actions]
    return ratio.prod(1) * costs.sum(1)


def step_estimates(states, actions, costs, pi, mu):
    ratio = pi[states, actions] / mu[states, actions]
    return (ratio[:, ::-1].cumprod(1)[:, ::-1] * costs).sum(1)
