# NumPy draws all noise beforehand; results are NumPy arrays.
def disturbed(expert, env, covariance, n, seed):
    rng, d = np.random.default_rng(seed), len(covariance)
    mean, cov = np.zeros(d), np.asarray(covariance, dtype=float)
    noise = rng.multivariate_normal(mean, cov, size=(env.horizon, n), check_valid="ignore")
    generator = torch.Generator().manual_seed(seed)
    state, obs, act = env.reset(n, generator), [], []
    for push in noise:
        clean = expert(env.expert_view(state))
        obs.append(np.asarray(env.observe(state)))
        act.append(np.asarray(clean))
        state, _ = env.step(state, clean + torch.tensor(push).float(), generator)
    return np.stack(obs, 1), np.stack(act, 1)
