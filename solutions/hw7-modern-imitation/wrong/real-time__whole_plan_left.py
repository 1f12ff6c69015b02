# Passes the whole running plan as what is left.
def run_real_time(plan, replan, step, obs, horizon, every, delay):
    running, begun, ready, executed = plan(obs), 0, None, []
    for t in range(horizon):
        if t == ready:
            running, begun = coming, t - delay
        if t > 0 and t % every == 0:
            coming, ready = replan(obs, running), t + delay
            if delay == 0:
                running, begun = coming, t
        executed.append(running[:, t - begun])
        obs = step(executed[-1])
    return torch.stack(executed, 1)
