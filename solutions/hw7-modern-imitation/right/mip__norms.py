# Two lines with linalg.norm; the second look first.
def mip_loss(net, obs, act, noise, t_star):
    second = net(obs, torch.lerp(noise, act, t_star), t_star)
    first = net(obs, 0 * act, 0.0)
    square = torch.linalg.vector_norm(first - act, dim=1) ** 2
    return square + torch.linalg.vector_norm(second - act, dim=1) ** 2


def mip_act(net, obs, d, t_star):
    x = obs.new_zeros(obs.shape[0], d)
    for t in (0.0, t_star):
        x = net(obs, x * t_star if t else x, t)
    return x
