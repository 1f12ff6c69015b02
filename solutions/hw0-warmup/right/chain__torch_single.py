# Batched products in torch, in single precision.
def state_chain(p, pi):
    p, pi = torch.as_tensor(p).float(), torch.as_tensor(pi).float()
    return torch.bmm(pi[:, None, :], p)[:, 0]


def state_cost(cost, pi):
    return torch.linalg.vecdot(torch.as_tensor(cost).float(), torch.as_tensor(pi).float())
