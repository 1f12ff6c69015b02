# Acts by the first guess.
def mip_loss(net, obs, act, noise, t_star):
    between = t_star * act + (1 - t_star) * noise
    looks = net(obs, torch.zeros_like(act), 0.0), net(obs, between, t_star)
    return sum(((look - act) ** 2).sum(-1) for look in looks)


def mip_act(net, obs, d, t_star):
    guess = net(obs, torch.zeros(len(obs), d), 0.0)
    net(obs, t_star * guess, t_star)
    return guess
