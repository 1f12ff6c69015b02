# Exchanges the two logarithms.
def spectral_radius(A):
    return abs(np.linalg.eigvals(A)).max()


def steps_bought(A, factor):
    rate = abs(np.linalg.eigvals(A)).max()
    return math.log(rate) / math.log(factor) if rate > 1 else math.inf
