# Forgets the price of the expert's own actions.
def divergence(f, f_zero, f_infinity, p, q):
    both = (p > 0) & (q > 0)
    ratio = torch.where(both, p / torch.where(both, q, 1.0), 1.0)
    total = torch.where(both, q * f(ratio), 0.0).sum(-1)
    for mass, price in ((q * (p == 0), f_zero),):
        mass = mass.sum(-1)
        total = total + torch.where(mass > 0, mass * price, 0.0)
    return total
