# A new plan takes over when it is asked for.
def run_real_time(plan, replan, step, obs, horizon, every, delay):
    running, begun, executed = plan(obs), 0, []
    for t in range(horizon):
        if t > 0 and t % every == 0:
            running, begun = replan(obs, running[:, t - begun :]), t
        executed.append(running[:, t - begun])
        obs = step(executed[-1])
    return torch.stack(executed, 1)
