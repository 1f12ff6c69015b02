# Uses the solver for symmetric matrices, which reads one triangle only.
def spectral_radius(A):
    return abs(np.linalg.eigvalsh(A)).max()


def steps_bought(A, factor):
    rate = abs(np.linalg.eigvals(A)).max()
    return math.log(factor) / math.log(rate) if rate > 1 else math.inf
