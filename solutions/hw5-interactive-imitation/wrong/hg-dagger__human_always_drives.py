# The human drives, the gate only decides what is kept.
def human_steps(policy, human, gate, env, hold, n, seed):
    generator = torch.Generator().manual_seed(seed)
    state, obs, act = env.reset(n, generator), [], []
    left = torch.full((n,), -1)  # quiet steps that are still the human's
    for _ in range(env.horizon):
        view, now = env.expert_view(state), env.observe(state)
        left = torch.where(gate(view), hold, left - 1)
        mine = left >= 0
        doing = human(view)
        obs.append(now[mine])
        act.append(doing[mine])
        state, _ = env.step(state, doing, generator)
    return torch.cat(obs), torch.cat(act)
