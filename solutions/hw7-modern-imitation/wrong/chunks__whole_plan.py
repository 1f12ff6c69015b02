# Executes the whole plan, not its first k actions.
def run_chunks(plan, step, obs, horizon, k):
    executed = []
    for t in range(horizon):
        if t == 0 or place == current.shape[1] - 1:
            current, place = plan(obs), -1
        place += 1
        executed.append(current[:, place])
        obs = step(executed[-1])
    return torch.stack(executed, 1)
