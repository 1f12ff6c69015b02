# Every plan writes its votes into a table of steps.
def run_ensemble(plan, step, obs, horizon, m):
    votes = {t: [] for t in range(horizon)}
    act = []
    for t in range(horizon):
        for place, vote in enumerate(plan(obs).unbind(1)):
            if t + place < horizon:
                votes[t + place].append(vote)
        w = torch.exp(-m * torch.arange(len(votes[t])))
        now = torch.stack(votes[t], -1) @ (w / w.sum())
        act.append(now)
        if t + 1 < horizon:
            obs = step(now)
    return torch.stack(act, 1)
