# A driver that counts its steps, driven by ilkit's own loop.
def takeover(first, then, switch, env, n, seed):
    steps = iter(range(env.horizon))

    def driver(obs):
        return (first if next(steps) < switch else then)(obs)

    return il.rollout(driver, env, n, seed=seed).total_cost()


def takeover_terms(learner, expert, env, n, seed):
    before, terms = None, []
    for switch in range(env.horizon + 1):
        mean = float(takeover(learner, expert, switch, env, n, seed).mean())
        if before is not None:
            terms.append(mean - before)
        before = mean
    return terms
