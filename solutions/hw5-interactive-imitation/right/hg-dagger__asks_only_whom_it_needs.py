# The human acts where in control, the learner elsewhere, on those rows alone.
def human_steps(policy, human, gate, env, hold, n, seed):
    generator = torch.Generator().manual_seed(seed)
    state, until = env.reset(n, generator), np.full(n, -1)
    kept = []
    for t in range(env.horizon):
        view, now = env.expert_view(state), env.observe(state)
        until[np.asarray(gate(view), dtype=bool)] = t + hold
        mine = torch.as_tensor(until >= t)
        act = torch.zeros(n, *env.act_space.shape)
        act[mine], act[~mine] = human(view[mine]), policy(now[~mine])
        kept.append((now[mine], act[mine]))
        state, _ = env.step(state, act, generator)
    obs, act = zip(*kept)
    return torch.vstack(obs), torch.vstack(act)
