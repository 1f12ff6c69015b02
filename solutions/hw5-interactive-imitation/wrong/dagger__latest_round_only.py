# Trains on the last round alone.
def dagger(fit, visit, demos, beta, rounds):
    obs, act = demos
    policies = [fit(obs, act)]
    for i in range(1, rounds + 1):
        new_obs, new_act = visit(policies[-1], beta(i), i)
        obs, act = new_obs, new_act
        policies.append(fit(obs, act))
    return policies
