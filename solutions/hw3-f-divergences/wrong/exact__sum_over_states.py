# Sums over the states too.
def divergence(f, f_zero, f_infinity, p, q):
    both = (p > 0) & (q > 0)
    ratio = torch.where(both, p / torch.where(both, q, 1.0), 1.0)
    total = torch.where(both, q * f(ratio), 0.0).sum()
    for mass, price in ((q * (p == 0), f_zero), (p * (q == 0), f_infinity)):
        total = total + (mass.sum() * price if mass.sum() > 0 else 0)
    return total
