# The largest eigenvalue without its modulus: misses negative ones.
def spectral_radius(A):
    return np.linalg.eigvals(A).real.max()


def steps_bought(A, factor):
    rate = abs(np.linalg.eigvals(A)).max()
    return math.log(factor) / math.log(rate) if rate > 1 else math.inf
