# torch in single precision.
def _ratio(states, actions, pi, mu):
    s, a = torch.as_tensor(states).long(), torch.as_tensor(actions).long()
    return torch.as_tensor(pi).float()[s, a] / torch.as_tensor(mu).float()[s, a]


def path_estimates(states, actions, costs, pi, mu):
    return _ratio(states, actions, pi, mu).prod(-1) * torch.as_tensor(costs).float().sum(-1)


def step_estimates(states, actions, costs, pi, mu):
    weights = torch.cumprod(_ratio(states, actions, pi, mu), -1)
    return torch.linalg.vecdot(weights, torch.as_tensor(costs).float())
