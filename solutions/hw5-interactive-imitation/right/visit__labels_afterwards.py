# Drives first, and has all states labelled at once.
def visited(policy, expert, env, beta, n, seed):
    generator = torch.Generator().manual_seed(seed)
    state, obs, views = env.reset(n, generator), [], []
    for _ in range(env.horizon):
        obs.append(env.observe(state))
        views.append(env.expert_view(state))
        act, right = policy(obs[-1]), expert(views[-1])
        heads = torch.rand(n, generator=generator) < beta
        act = act.clone()
        act[heads] = right[heads]
        state = env.step(state, act, generator)[0]
    labels = expert(torch.cat(views))
    labels = labels.reshape(env.horizon, n, *labels.shape[1:]).transpose(0, 1)
    return torch.stack(obs).transpose(0, 1), labels
