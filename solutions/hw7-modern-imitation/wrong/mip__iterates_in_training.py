# Feeds the guess to the second look in training.
def mip_loss(net, obs, act, noise, t_star):
    first = net(obs, torch.zeros_like(act), 0.0)
    looks = first, net(obs, t_star * first.detach() + (1 - t_star) * noise, t_star)
    return sum(((look - act) ** 2).sum(-1) for look in looks)


def mip_act(net, obs, d, t_star):
    guess = net(obs, torch.zeros(len(obs), d), 0.0)
    return net(obs, t_star * guess, t_star)
