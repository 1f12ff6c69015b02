# The new level's share without its root.
def stride_back(x, eps, keep_now, keep_after, eta, fresh):
    clean = (x - (1 - keep_now) ** 0.5 * eps) / keep_now**0.5
    spread = (1 - keep_after) / (1 - keep_now) * (1 - keep_now / keep_after)
    h = eta * spread**0.5
    old = max(1 - keep_after - h**2, 0.0) ** 0.5
    return keep_after * clean + old * eps + h * fresh
