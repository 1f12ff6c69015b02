# Executes the clean action and records the noisy one.
def disturbed(expert, env, covariance, n, seed):
    values, vectors = torch.linalg.eigh(covariance)
    root = vectors * values.clamp(min=0).sqrt()
    generator = torch.Generator().manual_seed(seed)
    state, obs, meant = env.reset(n, generator), [], []
    for _ in range(env.horizon):
        obs.append(env.observe(state))
        meant.append(expert(env.expert_view(state)))
        noise = torch.randn(n, len(root), generator=generator) @ root.mT
        state, _ = env.step(state, meant[-1], generator)
        meant[-1] = meant[-1] + noise
    return torch.stack(obs, 1), torch.stack(meant, 1)
