# Computes beforehand how many sweeps suffice; torch in double precision.
def value_iteration(p, cost, gamma, tol):
    p, cost = torch.as_tensor(p), torch.as_tensor(cost)
    largest = float(cost.abs().max()) + 1e-9
    sweeps = 1 if gamma == 0 else max(1, math.ceil(math.log(tol * (1 - gamma) / largest, gamma)))
    value = torch.zeros(len(cost), dtype=torch.float64)
    for _ in range(sweeps):
        value = torch.amin(cost + gamma * (p @ value), 1)
    return value, torch.argmin(cost + gamma * (p @ value), 1)
