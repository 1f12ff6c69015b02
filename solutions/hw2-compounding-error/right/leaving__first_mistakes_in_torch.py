# Adds the chances of a first mistake at each step, in torch.
def leaving(p, pi, expert, rho):
    p, pi, g = (torch.as_tensor(x) for x in (p, pi, rho))
    every, own, q = torch.arange(len(g)), torch.as_tensor(expert), 0.0
    for step in pi:
        right = step[every, own]
        q = q + (g * (1 - right)).sum()
        g = (g * right) @ p[every, own]
    return q


def hellinger(p, pi, expert, rho):
    root = np.zeros_like(pi)  # the expert's actions count by their roots, others not at all
    every = np.arange(len(rho))
    root[:, every, expert] = pi[:, every, expert] ** 0.5
    return 2 * leaving(p, root, expert, rho)


def leaving_estimate(prob):
    return (1 - torch.as_tensor(prob).prod(1)).mean()
