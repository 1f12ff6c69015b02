# A countdown to the mistake: the learner's table is the same at each step.
def worst_process(eps, horizon):
    safe, off = horizon, horizon + 1
    states = horizon + 2
    p = np.zeros((states, 2, states))
    for s in range(states):
        p[s, 0, s - 1 if 0 < s < safe else (safe if s == 0 else s)] = 1
        p[s, 1, off] = 1
    rho = np.array([eps] * horizon + [1 - eps * horizon, 0.0])
    rho[safe] = max(rho[safe], 0)
    table = np.array([[1.0, 0.0]] * states)
    table[[0, off]] = [0.0, 1.0]
    return p, rho, np.stack([table] * horizon)
