# Shows the policy the hidden state: the same on the tightrope, too much on the road.
def total_cost(policy, env, n, seed):
    generator = torch.Generator().manual_seed(seed)
    state, total = env.reset(n, generator), torch.zeros(n)
    for _ in range(env.horizon):
        state, cost = env.step(state, policy(state), generator)
        total = total + cost
    return total


def interval(costs):
    costs = torch.as_tensor(costs, dtype=torch.float64)
    half = t_quantile(len(costs) - 1) * costs.std() / math.sqrt(len(costs))
    return float(costs.mean()), float(costs.mean() - half), float(costs.mean() + half)
