# One coin an episode.
def visited(policy, expert, env, beta, n, seed):
    generator = torch.Generator().manual_seed(seed)
    state, seen, labels = env.reset(n, generator), [], []
    coins = torch.rand(n, generator=generator)
    for _ in range(env.horizon):
        seen.append(env.observe(state))
        labels.append(expert(env.expert_view(state)))
        heads = coins < beta
        heads = heads.reshape(-1, *[1] * (labels[-1].ndim - 1))
        act = torch.where(heads, labels[-1], policy(seen[-1]))
        state, _ = env.step(state, act, generator)
    return torch.stack(seen, 1), torch.stack(labels, 1)
