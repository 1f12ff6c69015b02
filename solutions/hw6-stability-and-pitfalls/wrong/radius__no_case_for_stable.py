# Forgets that a stable system has no such number.
def spectral_radius(A):
    return abs(np.linalg.eigvals(A)).max()


def steps_bought(A, factor):
    rate = abs(np.linalg.eigvals(A)).max()
    return math.log(factor) / math.log(rate)
