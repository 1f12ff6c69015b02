# Round i has the share of round i - 1.
def dagger(fit, visit, demos, beta, rounds):
    obs, act = demos
    policies = [fit(obs, act)]
    for i in range(1, rounds + 1):
        new_obs, new_act = visit(policies[-1], beta(i - 1), i)
        obs, act = torch.cat([obs, new_obs]), torch.cat([act, new_act])
        policies.append(fit(obs, act))
    return policies
