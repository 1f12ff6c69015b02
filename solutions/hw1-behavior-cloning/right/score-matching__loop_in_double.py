# A loop over dimensions, in double precision.
def score_matching(mean, log_std, act):
    variance = torch.exp(log_std.double()).square().expand(mean.shape)
    total = torch.zeros(len(mean), dtype=torch.float64)
    for j in range(mean.shape[1]):
        psi = (mean[:, j].double() - act[:, j].double()) / variance[:, j]
        total = total + psi**2 / 2 - 1 / variance[:, j]
    return total


def denoising(score, act, noise, tau):
    act, noise = act.double(), noise.double()
    wanted = -noise / tau
    given = torch.as_tensor(score(act + noise * tau)).double()
    return torch.linalg.vector_norm(given - wanted, dim=1) ** 2 / 2
