# Loops over births in double precision.
def run_ensemble(plan, step, obs, horizon, m):
    plans, act = [], []
    for t in range(horizon):
        plans.append(np.asarray(plan(obs), dtype=float))
        h = plans[0].shape[1]
        births = range(max(0, t - h + 1), t + 1)
        total, mean = 0.0, 0.0
        for i, born in enumerate(births):
            weight = math.exp(-m * i)
            total += weight
            mean = mean + weight * plans[born][:, t - born]
        act.append(mean / total)
        obs = step(torch.as_tensor(act[-1]).float())
    return np.stack(act, 1)
