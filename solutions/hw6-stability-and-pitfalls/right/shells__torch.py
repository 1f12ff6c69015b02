# torch, and a cosine for the distance on the circle.
def in_turn(x, t, rho):
    return rho * torch.as_tensor(x) * (1 if t % 2 else -1)


def by_shells(x, rho, ratio):
    x = torch.as_tensor(x, dtype=torch.float64)
    shell = torch.floor(torch.log(x.abs().clamp(min=1e-300)) / math.log(ratio))
    return torch.where(shell.remainder(2) == 0, -rho * x, rho * x)


def longest_time(rho, ratio):
    alpha = np.log(2 * rho) / np.log(ratio)
    d = np.arccos(np.cos(np.pi * alpha)) / np.pi
    return float("inf") if d < 1e-7 else np.ceil(1 / d - 1e-9) + 1
