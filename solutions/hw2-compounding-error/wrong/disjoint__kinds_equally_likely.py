# Episodes of no kind are forgotten.
def worst_process(eps, horizon):
    states, off = horizon + 2, horizon + 1  # the H kinds of episode, no kind, off the rope
    p = np.zeros((states, 2, states))
    p[:, 0] = np.eye(states)
    p[:, 1, off] = 1
    rho = np.full(states, 1 / horizon)
    rho[horizon:] = 0
    pi = np.zeros((horizon, states, 2))
    pi[:, :, 0] = 1
    for t in range(horizon):
        pi[t, [t, off]] = [0, 1]
    return p, rho, pi
