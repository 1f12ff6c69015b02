# Executes the first episode's plan in every episode.
def run_chunks(plan, step, obs, horizon, k):
    acts = []
    for t in range(horizon):
        if t % k == 0:
            now = plan(obs)
        act = now[:1, t % k].expand(len(now), -1)
        obs = step(act)
        acts.append(act)
    return torch.stack(acts, 1)
