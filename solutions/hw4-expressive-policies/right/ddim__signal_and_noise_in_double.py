# With signal and noise of both levels, in double.
def stride_back(x, eps, keep_now, keep_after, eta, fresh):
    keep = torch.tensor([keep_now, keep_after], dtype=torch.float64)
    (c, c_next), (e, e_next) = keep.sqrt(), (1 - keep).sqrt()
    clean = (x.double() - e * eps) / c
    h = eta * e_next / e * (1 - keep[0] / keep[1]).clamp(min=0).sqrt()
    old = (e_next**2 - h**2).clamp(min=0).sqrt()
    return (c_next * clean + old * eps + h * fresh).to(x.dtype)
