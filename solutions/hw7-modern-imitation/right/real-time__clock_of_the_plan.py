# Counts the executed places of the running plan; NumPy.
def run_real_time(plan, replan, step, obs, horizon, every, delay):
    running, waiting, done, act = plan(obs), None, 0, []
    while True:
        if waiting is not None and done == every + delay:
            running, waiting, done = waiting, None, delay
        if done == every:
            waiting = replan(obs, running[:, every:])
            if delay == 0:
                running, waiting, done = waiting, None, 0
        act.append(np.asarray(running[:, done]))
        done += 1
        if len(act) == horizon:
            return np.stack(act, axis=1)
        obs = step(torch.tensor(act[-1]))
