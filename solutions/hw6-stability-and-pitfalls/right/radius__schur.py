# The diagonal of a complex Schur form.
def spectral_radius(A):
    from scipy.linalg import schur

    triangle, _ = schur(A, output="complex")
    return np.hypot(triangle.diagonal().real, triangle.diagonal().imag).max()


def steps_bought(A, factor):
    rate = spectral_radius(A)
    return np.log(factor) / np.log(rate) if rate > 1 else np.inf
