# expm1 in torch, in double precision.
def tightrope_cost(eps, horizon):
    t = torch.arange(1, horizon + 1).double()
    stay = torch.log1p(-torch.tensor(eps, dtype=torch.float64))
    return -torch.expm1(t * stay).sum()


def growth(eps, low, high):
    ratio = tightrope_cost(eps, high) / tightrope_cost(eps, low)
    return ratio.log() / math.log(high / low)
