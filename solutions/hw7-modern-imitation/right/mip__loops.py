# A loop over dimensions; the action by Euler steps.
def mip_loss(net, obs, act, noise, t_star):
    total = 0.0
    for t, x in ((0.0, torch.zeros(act.shape)), (t_star, t_star * act + (1 - t_star) * noise)):
        pred = net(obs, x, t)
        for j in range(act.shape[1]):
            total = total + (act[:, j] - pred[:, j]).pow(2)
    return total


def mip_act(net, obs, d, t_star):
    x = torch.zeros(len(obs), d)
    x = x + t_star * (net(obs, x, 0.0) - x) / (1 - 0.0)
    return x + (1 - t_star) * (net(obs, x, t_star) - x) / (1 - t_star)
