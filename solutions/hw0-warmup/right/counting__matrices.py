# A triangular matrix of discounts and one-hot states, in torch's single precision.
def costs_to_go(costs, gamma):
    costs = torch.as_tensor(costs).float()
    steps = torch.arange(costs.shape[1])
    gap = (steps[:, None] - steps[None, :]).clamp(min=0)
    return costs @ torch.tril(torch.tensor(float(gamma)) ** gap)


def count_occupancy(states, size, gamma):
    hot = torch.nn.functional.one_hot(torch.as_tensor(states).long(), size).float()
    weight = torch.tensor(float(gamma)) ** torch.arange(hot.shape[1])
    return (weight[:, None] * hot.mean(0)).sum(0) / weight.sum()
