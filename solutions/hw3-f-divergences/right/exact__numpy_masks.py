# NumPy with masks, and f on the common support alone.
def divergence(f, f_zero, f_infinity, p, q):
    p, q = np.asarray(p), np.asarray(q)
    both = (p > 0) & (q > 0)
    charge = np.zeros_like(p)
    charge[both] = q[both] * np.asarray(f(torch.as_tensor(p[both] / q[both])))
    alone = (p == 0) & (q > 0)
    charge[alone] = q[alone] * f_zero
    alone = (q == 0) & (p > 0)
    charge[alone] = p[alone] * f_infinity
    return charge.sum(1)
