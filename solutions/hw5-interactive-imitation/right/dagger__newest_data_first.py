# Puts new data in front; a while loop.
def dagger(fit, visit, demos, beta, rounds):
    obs, act = (x.clone() for x in demos)
    every, policy, i = [], fit(obs, act), 0
    every.append(policy)
    while i < rounds:
        i += 1
        seen, right = visit(policy, beta(i), i)
        obs, act = torch.vstack([seen, obs]), torch.cat([right, act], dim=0)
        policy = fit(obs, act)
        every.append(policy)
    return every
