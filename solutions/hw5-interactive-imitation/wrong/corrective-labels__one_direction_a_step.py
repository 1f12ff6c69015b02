# Draws one direction for all copies of a step.
def step_unit(obs):
    inc = obs[:, 1:] - obs[:, :-1]
    return inc.pow(2).mean(dim=(0, 1)).sqrt()


def corrective_labels(f, obs, act, unit, trust, copies, seed):
    eps, eps1, eps2 = trust
    g = torch.Generator().manual_seed(seed)
    start = obs[:, :-1].flatten(0, 1).repeat(copies, 1)
    target = obs[:, 1:].flatten(0, 1).repeat(copies, 1)
    meant = act[:, :-1].flatten(0, 1).repeat(copies, 1)
    direction = torch.randn(len(meant) // copies, meant.shape[1], generator=g).repeat(copies, 1)
    direction = direction / direction.norm(dim=1, keepdim=True)
    radius = eps2 * torch.rand(len(meant), 1, generator=g) ** (1 / meant.shape[1])
    a = meant + radius * direction
    s = target - f(target, a)
    miss = ((s + f(s, a) - target) / unit).norm(dim=1)
    away = ((s - start) / unit).norm(dim=1)
    keep = (miss <= eps) & (away <= eps1)
    return s[keep], a[keep]
