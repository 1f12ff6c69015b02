# A queue of the actions that are still to be executed.
def run_chunks(plan, step, obs, horizon, k):
    waiting, act = [], []
    while len(act) < horizon:
        if not waiting:
            waiting = list(plan(obs).unbind(1))[:k]
        act.append(waiting.pop(0))
        if len(act) < horizon:
            obs = step(act[-1])
    return torch.stack(act, dim=1)
