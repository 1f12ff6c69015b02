# torch in single precision.
def policy_values(p, cost, pi, gamma):
    p, cost, pi = (torch.as_tensor(x).float() for x in (p, cost, pi))
    chain, paid = torch.einsum("sa,saz->sz", pi, p), (pi * cost).sum(-1)
    value = torch.linalg.solve(torch.eye(len(paid)) - gamma * chain, paid)
    return value, cost + gamma * torch.einsum("saz,z->sa", p, value)


def objective(p, cost, rho0, pi, gamma):
    return torch.as_tensor(rho0).float() @ policy_values(p, cost, pi, gamma)[0]
