# A triangular matrix, in torch.
def mistake_bound(eps):
    eps = torch.as_tensor(eps)
    return (torch.ones(len(eps), len(eps)).tril().to(eps) @ eps).clamp(max=1)


def cost_bound(eps):
    eps = torch.as_tensor(eps)
    return eps @ torch.arange(len(eps), 0, -1).to(eps)


def error_allowed(cost, horizon):
    return torch.tensor(cost / cost_bound([1.0] * horizon).double()).clamp(max=1.0)
