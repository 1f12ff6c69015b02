# The label is the action of whoever drove.
def visited(policy, expert, env, beta, n, seed):
    generator = torch.Generator().manual_seed(seed)
    state, seen, labels = env.reset(n, generator), [], []
    for _ in range(env.horizon):
        seen.append(env.observe(state))
        labels.append(expert(env.expert_view(state)))
        heads = torch.rand(n, generator=generator) < beta
        heads = heads.reshape(-1, *[1] * (labels[-1].ndim - 1))
        act = torch.where(heads, labels[-1], policy(seen[-1]))
        labels[-1] = act
        state, _ = env.step(state, act, generator)
    return torch.stack(seen, 1), torch.stack(labels, 1)
