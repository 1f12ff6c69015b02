# Loops over walks and steps.
def path_estimates(states, actions, costs, pi, mu):
    out = []
    for s, a, c in zip(states, actions, costs):
        weight = 1.0
        for i, j in zip(s, a):
            weight *= pi[i, j] / mu[i, j]
        out.append(weight * sum(c))
    return out


def step_estimates(states, actions, costs, pi, mu):
    out = []
    for s, a, c in zip(states, actions, costs):
        weight, total = 1.0, 0.0
        for i, j, paid in zip(s, a, c):
            weight *= pi[i, j] / mu[i, j]
            total += weight * paid
        out.append(total)
    return out
