# The largest singular value: what one step can do, not what many do.
def spectral_radius(A):
    return np.linalg.norm(A, 2)


def steps_bought(A, factor):
    rate = abs(np.linalg.eigvals(A)).max()
    return math.log(factor) / math.log(rate) if rate > 1 else math.inf
