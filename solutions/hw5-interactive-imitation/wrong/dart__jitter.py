# Adds noise in every direction to please Cholesky.
def disturbed(expert, env, covariance, n, seed):
    root = torch.linalg.cholesky(covariance + 1e-3 * torch.eye(len(covariance)))
    generator = torch.Generator().manual_seed(seed)
    state, obs, meant = env.reset(n, generator), [], []
    for _ in range(env.horizon):
        obs.append(env.observe(state))
        meant.append(expert(env.expert_view(state)))
        noise = torch.randn(n, len(root), generator=generator) @ root.mT
        state, _ = env.step(state, meant[-1] + noise, generator)
    return torch.stack(obs, 1), torch.stack(meant, 1)
