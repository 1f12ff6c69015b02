# Aggregates the rounds, without the demonstrations.
def dagger(fit, visit, demos, beta, rounds):
    obs, act = demos
    policies = [fit(obs, act)]
    obs, act = obs[:0], act[:0]
    for i in range(1, rounds + 1):
        new_obs, new_act = visit(policies[-1], beta(i), i)
        obs, act = torch.cat([obs, new_obs]), torch.cat([act, new_act])
        policies.append(fit(obs, act))
    return policies
