# A system for Q over pairs of state and action, in torch.
def policy_values(p, cost, pi, gamma):
    p, cost, pi = (torch.as_tensor(x, dtype=torch.float64) for x in (p, cost, pi))
    size = cost.numel()
    pairs = (p[..., None] * pi).reshape(size, size)
    q = torch.linalg.solve(torch.eye(size).double() - gamma * pairs, cost.flatten())
    q = q.reshape(cost.shape)
    return (pi * q).sum(1), q


def objective(p, cost, rho0, pi, gamma):
    value, _ = policy_values(p, cost, pi, gamma)
    return (torch.as_tensor(rho0, dtype=torch.float64) * value).sum()
