# How many steps double the error, whatever the factor.
def spectral_radius(A):
    return abs(np.linalg.eigvals(A)).max()


def steps_bought(A, factor):
    rate = abs(np.linalg.eigvals(A)).max()
    return math.log(2) / math.log(rate) if rate > 1 else math.inf
