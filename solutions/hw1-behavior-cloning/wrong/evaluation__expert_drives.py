# Leaves the wheel to the expert and only counts disagreements.
def total_cost(policy, env, n, seed):
    generator = torch.Generator().manual_seed(seed)
    state, total = env.reset(n, generator), torch.zeros(n)
    for _ in range(env.horizon):
        act, right = policy(env.observe(state)), env.expert(env.expert_view(state))
        state, _ = env.step(state, right, generator)
        wrong = (act != right).float()
        total = total + (wrong if wrong.ndim == 1 else wrong[:, 0])
    return total


def interval(costs):
    costs = torch.as_tensor(costs, dtype=torch.float64)
    half = t_quantile(len(costs) - 1) * costs.std() / math.sqrt(len(costs))
    return float(costs.mean()), float(costs.mean() - half), float(costs.mean() + half)
