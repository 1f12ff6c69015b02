# Rounds the number of steps up.
def spectral_radius(A):
    return np.abs(np.linalg.eigvals(A)).max()


def steps_bought(A, factor):
    r = spectral_radius(A)
    if r <= 1:
        return math.inf
    return math.ceil(math.log(factor) / math.log(r))
