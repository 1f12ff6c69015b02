# Off the rope the learner knows what to do: a mistake costs one step.
def worst_process(eps, horizon):
    states, off = horizon + 2, horizon + 1  # the H kinds of episode, no kind, off the rope
    p = np.zeros((states, 2, states))
    p[:, 0] = np.eye(states)
    p[:, 1, off] = 1
    rho = np.full(states, eps)
    rho[horizon], rho[off] = 1 - eps * horizon, 0
    pi = np.zeros((horizon, states, 2))
    pi[:, :, 0] = 1
    for t in range(horizon):
        pi[t, t] = [0, 1]
    return p, rho, pi
