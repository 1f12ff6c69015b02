# A root by the singular value decomposition; labels afterwards.
def disturbed(expert, env, covariance, n, seed):
    u, s, _ = torch.linalg.svd(covariance.double())
    root = (u * s.sqrt()).float()
    generator = torch.Generator().manual_seed(seed)
    state, seen, views = env.reset(n, generator), [], []
    for _ in range(env.horizon):
        seen.append(env.observe(state))
        views.append(env.expert_view(state))
        noise = torch.randn(n, root.shape[1], generator=generator).matmul(root.T)
        state = env.step(state, expert(views[-1]) + noise, generator)[0]
    labels = expert(torch.cat(views)).unflatten(0, (env.horizon, n))
    return torch.stack(seen, 1), labels.transpose(0, 1)
