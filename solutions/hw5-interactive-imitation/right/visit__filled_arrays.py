# Coins of all steps at once; arrays that are filled.
def visited(policy, expert, env, beta, n, seed):
    generator = torch.Generator().manual_seed(seed)
    heads = torch.rand(env.horizon, n, generator=generator) <= beta - 1e-12
    state = env.reset(n, generator)
    obs, labels = [None] * env.horizon, [None] * env.horizon
    for t in range(env.horizon):
        obs[t] = np.asarray(env.observe(state))
        right, mine = expert(env.expert_view(state)), policy(env.observe(state))
        labels[t] = np.asarray(right)
        act = torch.stack([right[i] if heads[t, i] else mine[i] for i in range(n)])
        state, _ = env.step(state, act, generator)
    return np.stack(obs, axis=1), np.stack(labels, axis=1)
