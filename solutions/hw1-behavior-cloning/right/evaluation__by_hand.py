# Sums by hand; a list of three numbers; costs in double precision.
def total_cost(policy, env, n, seed):
    generator = torch.Generator().manual_seed(seed)
    state = env.reset(n, generator)
    total = np.zeros(n)
    for _ in range(env.horizon):
        obs = env.observe(state)
        state, cost = env.step(state, policy(obs), generator)
        total += cost.numpy().astype(np.float64)
    return total


def interval(costs):
    values = [float(c) for c in costs]
    n = len(values)
    mean = sum(values) / n
    variance = sum((v - mean) ** 2 for v in values) / (n - 1)
    half = t_quantile(n - 1) * (variance / n) ** 0.5
    return [mean, mean - half, mean + half]
