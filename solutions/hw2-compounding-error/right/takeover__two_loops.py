# One loop for either driver, in NumPy and double precision; a seed of its own.
def takeover(first, then, switch, env, n, seed):
    rng = torch.Generator()
    rng.manual_seed(7 * seed + 3)
    total, state = np.zeros(n), env.reset(n, rng)
    for driver, steps in ((first, switch), (then, env.horizon - switch)):
        for _ in range(steps):
            state, cost = env.step(state, driver(env.observe(state)), rng)
            total += cost.double().numpy()
    return total


def takeover_terms(learner, expert, env, n, seed):
    means = [np.mean(takeover(learner, expert, t, env, n, seed)) for t in range(env.horizon + 1)]
    return np.diff(means)
