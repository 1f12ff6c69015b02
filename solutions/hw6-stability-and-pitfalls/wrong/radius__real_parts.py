# Takes the real part of an eigenvalue for its size, as on the slide.
def spectral_radius(A):
    return abs(np.linalg.eigvals(A).real).max()


def steps_bought(A, factor):
    rate = abs(np.linalg.eigvals(A).real).max()
    return math.log(factor) / math.log(rate) if rate > 1 else math.inf
