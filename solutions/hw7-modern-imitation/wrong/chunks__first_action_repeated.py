# Repeats the first action of each plan k times.
def run_chunks(plan, step, obs, horizon, k):
    executed = []
    for t in range(horizon):
        if t % k == 0:
            current = plan(obs)
        executed.append(current[:, 0])
        obs = step(executed[-1])
    return torch.stack(executed, 1)
