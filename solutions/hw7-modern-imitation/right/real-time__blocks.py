# A loop over plans instead of steps.
def run_real_time(plan, replan, step, obs, horizon, every, delay):
    act = []

    def execute(actions):
        nonlocal obs
        for each in actions.unbind(1):
            if len(act) < horizon:
                act.append(each)
                obs = step(each)

    running = plan(obs)
    execute(running[:, :every])
    while len(act) < horizon:
        coming = replan(obs, running[:, every:])
        execute(running[:, every : every + delay])
        running = coming
        execute(running[:, delay:every])
    return torch.stack(act, 1)
