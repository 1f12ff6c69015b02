# Asks at every step and executes the first action.
def run_chunks(plan, step, obs, horizon, k):
    executed = []
    for _ in range(horizon):
        current = plan(obs)
        executed.append(current[:, 0])
        obs = step(executed[-1])
    return torch.stack(executed, 1)
