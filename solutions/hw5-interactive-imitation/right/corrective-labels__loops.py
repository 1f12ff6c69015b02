# Step by step, all copies of a step at once.
def step_unit(obs):
    moved = np.diff(np.asarray(obs, dtype=float), axis=1).reshape(-1, obs.shape[2])
    return np.sqrt((moved**2).mean(axis=0))


def corrective_labels(f, obs, act, unit, trust, copies, seed):
    eps, eps1, eps2 = trust
    generator = torch.Generator().manual_seed(seed)
    states, actions = [], []
    episodes, horizon, d = act.shape
    for i in range(episodes):
        for t in range(horizon - 1):
            target = obs[i, t + 1].expand(copies, -1)
            way = torch.randn(copies, d, generator=generator)
            way = way / way.square().sum(1, keepdim=True).sqrt()
            far = eps2 * torch.rand(copies, 1, generator=generator).pow(1 / d)
            tried = act[i, t] + far * way
            state = target - f(target, tried)
            lands = (state + f(state, tried) - target) / unit
            away = (state - obs[i, t]) / unit
            good = (lands.square().sum(1) <= eps**2) & (away.square().sum(1) <= eps1**2)
            states.append(state[good])
            actions.append(tried[good])
    return torch.cat(states), torch.cat(actions)
