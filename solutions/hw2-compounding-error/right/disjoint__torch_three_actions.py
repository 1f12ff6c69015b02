# Three actions, two of them wrong, in torch.
def worst_process(eps, horizon):
    n = horizon + 2
    p = torch.zeros(n, 3, n, dtype=torch.float64)
    p[:, 0] = torch.eye(n)
    p[:, 1:, -1] = 1
    rho = torch.full((n,), float(eps), dtype=torch.float64)
    rho[-1] = 0
    rho[-2] = 0
    rho[-2] = (1 - rho.sum()).clamp(min=0)
    pi = torch.tensor([1.0, 0.0, 0.0]).repeat(horizon, n, 1)
    for t in range(horizon):
        pi[t, t] = pi[t, -1] = torch.tensor([0.0, 0.3, 0.7])
    return p, rho, pi
