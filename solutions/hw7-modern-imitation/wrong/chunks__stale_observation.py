# Never shows the policy a new observation.
def run_chunks(plan, step, obs, horizon, k):
    executed = []
    for t in range(horizon):
        if t % k == 0:
            current = plan(obs)
        executed.append(current[:, t % k])
        step(executed[-1])
    return torch.stack(executed, 1)
