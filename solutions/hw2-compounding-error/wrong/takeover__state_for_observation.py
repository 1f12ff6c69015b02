# Shows the driver the hidden state.
def takeover(first, then, switch, env, n, seed):
    generator = torch.Generator().manual_seed(seed)
    state, total = env.reset(n, generator), torch.zeros(n)
    for t in range(env.horizon):
        actor = first if t < switch else then
        state, cost = env.step(state, actor(state), generator)
        total = total + cost
    return total


def takeover_terms(learner, expert, env, n, seed):
    switches = range(env.horizon + 1)
    costs = [takeover(learner, expert, t, env, n, seed).mean() for t in switches]
    return torch.stack(costs).diff()
