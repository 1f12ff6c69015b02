# The oldest plan speaks with its first place.
def run_ensemble(plan, step, obs, horizon, m):
    live, executed = [], []
    for _ in range(horizon):
        live.append(plan(obs))
        live = live[-live[0].shape[1] :]
        n = len(live)
        said = torch.stack([one[:, i] for i, one in enumerate(live)])
        w = torch.softmax(-m * torch.arange(n).to(said), 0)
        executed.append((w[:, None, None] * said).sum(0))
        obs = step(executed[-1])
    return torch.stack(executed, 1)
