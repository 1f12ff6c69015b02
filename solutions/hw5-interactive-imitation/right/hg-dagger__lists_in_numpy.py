# One episode's row after the other; NumPy results in double precision.
def human_steps(policy, human, gate, env, hold, n, seed):
    generator = torch.Generator().manual_seed(seed)
    state, quiet = env.reset(n, generator), [hold + 1] * n
    obs, act = [], []
    for _ in range(env.horizon):
        view, now = env.expert_view(state), env.observe(state)
        alarm, right, own = gate(view), human(view), policy(now)
        rows = []
        for i in range(n):
            quiet[i] = 0 if alarm[i] else quiet[i] + 1
            if quiet[i] <= hold:
                obs.append(np.asarray(now[i], dtype=float))
                act.append(np.asarray(right[i], dtype=float))
            rows.append(right[i] if quiet[i] <= hold else own[i])
        state, _ = env.step(state, torch.stack(rows), generator)
    shape = (len(obs), -1) if obs else (0, now.shape[1])
    other = (len(act), -1) if act else (0, right.shape[1])
    return np.reshape(obs, shape), np.reshape(act, other)
