# Remembers when the last alarm was; picks the kept steps at the end.
def human_steps(policy, human, gate, env, hold, n, seed):
    generator = torch.Generator().manual_seed(seed)
    state, last = env.reset(n, generator), torch.full((n,), -(10**9))
    seen, done, kept = [], [], []
    for t in range(env.horizon):
        view = env.expert_view(state)
        last[torch.as_tensor(gate(view), dtype=torch.bool)] = t
        control = t - last <= hold
        act = policy(env.observe(state)).clone()
        act[control] = human(view)[control]
        seen.append(env.observe(state))
        done.append(act)
        kept.append(control)
        state = env.step(state, act, generator)[0]
    kept = torch.stack(kept, 1)
    return torch.stack(seen, 1)[kept], torch.stack(done, 1)[kept]
