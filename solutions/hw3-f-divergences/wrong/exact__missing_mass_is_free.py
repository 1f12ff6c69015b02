# Leaves out actions that one side never takes.
def divergence(f, f_zero, f_infinity, p, q):
    both = (p > 0) & (q > 0)
    ratio = torch.where(both, p / torch.where(both, q, 1.0), 1.0)
    return torch.where(both, q * f(ratio), 0.0).sum(-1)
