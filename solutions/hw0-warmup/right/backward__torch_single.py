# torch in single precision.
def backward_induction(p, cost, horizon):
    p, cost = torch.as_tensor(p).float(), torch.as_tensor(cost).float()
    value = torch.zeros(horizon + 1, len(cost))
    best = torch.zeros(horizon, len(cost), dtype=torch.long)
    for t in range(horizon - 1, -1, -1):
        value[t], best[t] = (cost + p @ value[t + 1]).min(1)
    return value[:-1], best
