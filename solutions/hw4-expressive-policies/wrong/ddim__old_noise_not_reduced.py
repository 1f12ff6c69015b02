# Adds fresh noise without taking old noise away.
def stride_back(x, eps, keep_now, keep_after, eta, fresh):
    clean = (x - (1 - keep_now) ** 0.5 * eps) / keep_now**0.5
    spread = (1 - keep_after) / (1 - keep_now) * (1 - keep_now / keep_after)
    h = eta * spread**0.5
    old = (1 - keep_after) ** 0.5
    return keep_after**0.5 * clean + old * eps + h * fresh
