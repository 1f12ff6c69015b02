# Skips the first place of each plan.
def run_chunks(plan, step, obs, horizon, k):
    executed = []
    for t in range(horizon):
        if t % k == 0:
            current = plan(obs)
        executed.append(current[:, (t + 1) % k])
        obs = step(executed[-1])
    return torch.stack(executed, 1)
