# Asks when the plan is needed, so that it sees newer observations.
def run_real_time(plan, replan, step, obs, horizon, every, delay):
    running, begun, executed = plan(obs), 0, []
    for t in range(horizon):
        if t >= every + delay and (t - delay) % every == 0:
            left = running[:, t - delay - begun :]
            running, begun = replan(obs, left), t - delay
        executed.append(running[:, t - begun])
        obs = step(executed[-1])
    return torch.stack(executed, 1)
