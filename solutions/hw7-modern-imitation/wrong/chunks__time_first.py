# Stacks the steps before the episodes.
def run_chunks(plan, step, obs, horizon, k):
    executed = []
    for t in range(horizon):
        if t % k == 0:
            current = plan(obs)
        executed.append(current[:, t % k])
        obs = step(executed[-1])
    return torch.stack(executed, 0)
