# torch's multinomial, in single precision.
def sample_paths(p, rho0, pi, horizon, n, seed):
    generator = torch.Generator().manual_seed(seed)
    p, rho0, pi = (torch.as_tensor(x).float() for x in (p, rho0, pi))
    state = torch.multinomial(rho0, n, replacement=True, generator=generator)
    states = torch.empty(n, horizon, dtype=torch.long)
    actions = torch.empty(n, horizon, dtype=torch.long)
    for t in range(horizon):
        act = torch.multinomial(pi[state], 1, generator=generator).squeeze(1)
        states[:, t], actions[:, t] = state, act
        state = torch.multinomial(p[state, act], 1, generator=generator).squeeze(1)
    return states, actions
