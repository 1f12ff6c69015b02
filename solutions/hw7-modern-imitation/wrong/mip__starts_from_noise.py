# The first look sees the noise.
def mip_loss(net, obs, act, noise, t_star):
    between = t_star * act + (1 - t_star) * noise
    looks = net(obs, noise, 0.0), net(obs, between, t_star)
    return sum(((look - act) ** 2).sum(-1) for look in looks)


def mip_act(net, obs, d, t_star):
    guess = net(obs, torch.zeros(len(obs), d), 0.0)
    return net(obs, t_star * guess, t_star)
