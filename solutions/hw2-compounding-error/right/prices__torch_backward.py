# Cost to come by a backward loop in torch.
def gaps(p, c, pi, expert):
    p, c, pi = (torch.as_tensor(x) for x in (p, c, pi))
    every, own = torch.arange(len(expert)), torch.as_tensor(expert)
    value, rows = torch.zeros(len(c)).to(c), []
    for step in pi.flip(0):
        q = c + p @ value
        value = (step * q).sum(1)
        rows.insert(0, q - q[every, own][:, None])
    return torch.stack(rows)


def recoverability(p, c, expert, horizon):
    return gaps(p, c, as_policy(expert, horizon, c.shape[1]), expert).max()


def learner_prices(p, c, pi, expert, rho):
    shown = torch.as_tensor(occupancy(p, as_policy(expert, len(pi), c.shape[1]), rho))
    return (gaps(p, c, pi, expert).amax(2) * (shown > 0)).amax(1)


def price_bound(p, c, pi, expert, rho):
    shown = torch.as_tensor(occupancy(p, as_policy(expert, len(pi), c.shape[1]), rho))
    wrong = 1 - torch.as_tensor(as_policy(expert, len(pi), c.shape[1]))
    error = (shown[..., None] * torch.as_tensor(pi) * wrong).sum((1, 2))
    return (learner_prices(p, c, pi, expert, rho) * error).sum()
