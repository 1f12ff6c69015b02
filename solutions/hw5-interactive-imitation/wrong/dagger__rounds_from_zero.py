# Counts rounds from zero.
def dagger(fit, visit, demos, beta, rounds):
    obs, act = demos
    policies = [fit(obs, act)]
    for i in range(rounds):
        new_obs, new_act = visit(policies[-1], beta(i), i)
        obs, act = torch.cat([obs, new_obs]), torch.cat([act, new_act])
        policies.append(fit(obs, act))
    return policies
