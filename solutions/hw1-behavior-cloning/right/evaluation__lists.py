# Collects the costs in a list; the interval in NumPy.
def total_cost(policy, env, n, seed):
    generator = torch.Generator()
    generator.manual_seed(seed)
    state, paid = env.reset(n, generator), []
    while len(paid) < env.horizon:
        with torch.no_grad():
            action = policy(env.observe(state))
        state, cost = env.step(state, action, generator)
        paid.append(cost)
    return torch.stack(paid).sum(0)


def interval(costs):
    costs = np.asarray(costs, dtype=float)
    error = costs.std(ddof=1) / np.sqrt(costs.size)
    reach = t_quantile(costs.size - 1) * error
    return costs.mean(), costs.mean() - reach, costs.mean() + reach
