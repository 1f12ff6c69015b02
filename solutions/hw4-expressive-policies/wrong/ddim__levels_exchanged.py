# The ratio of the levels upside down.
def stride_back(x, eps, keep_now, keep_after, eta, fresh):
    clean = (x - (1 - keep_now) ** 0.5 * eps) / keep_now**0.5
    spread = abs((1 - keep_now) / (1 - keep_after + 1e-9)) * (1 - keep_now / keep_after)
    h = eta * spread**0.5
    old = max(1 - keep_after - h**2, 0.0) ** 0.5
    return keep_after**0.5 * clean + old * eps + h * fresh
