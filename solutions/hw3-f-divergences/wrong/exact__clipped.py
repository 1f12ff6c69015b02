# Lifts zeros to a small number instead of paying the prices.
def divergence(f, f_zero, f_infinity, p, q):
    p, q = p.clamp(min=1e-9), q.clamp(min=1e-9)
    return (q * f(p / q)).sum(-1)
