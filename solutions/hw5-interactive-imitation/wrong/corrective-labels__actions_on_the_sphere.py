# Draws from the surface.
def step_unit(obs):
    return (obs[:, 1:] - obs[:, :-1]).square().mean((0, 1)).sqrt()


def corrective_labels(f, obs, act, unit, trust, copies, seed):
    eps, eps1, eps2 = trust
    generator = torch.Generator().manual_seed(seed)
    near, target, given = (
        x.flatten(0, 1).repeat(copies, 1) for x in (obs[:, :-1], obs[:, 1:], act[:, :-1])
    )
    direction = torch.randn(given.shape, generator=generator)
    torch.rand(len(given), 1, generator=generator) ** (1 / given.shape[1])
    tried = given + eps2 * direction / direction.norm(dim=1, keepdim=True)
    state = target - f(target, tried)
    missed = ((state + f(state, tried) - target) / unit).norm(dim=1)
    away = ((state - near) / unit).norm(dim=1)
    keep = (missed <= eps) & (away <= eps1)
    return state[keep], tried[keep]
