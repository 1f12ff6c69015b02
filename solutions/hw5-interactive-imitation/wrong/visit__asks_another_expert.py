# Asks the environment's expert instead of the one that was given.
def visited(policy, expert, env, beta, n, seed):
    g = torch.Generator().manual_seed(seed)
    state, seen, labels = env.reset(n, g), [], []
    for _ in range(env.horizon):
        obs = env.observe(state)
        best = env.expert(env.expert_view(state))
        seen.append(obs)
        labels.append(best)
        own = policy(obs).detach()
        coin = torch.rand(n, generator=g) < beta
        coin = coin.view(-1, *[1] * (own.dim() - 1))
        state, _ = env.step(state, torch.where(coin, best, own), g)
    return torch.stack(seen, 1), torch.stack(labels, 1)
