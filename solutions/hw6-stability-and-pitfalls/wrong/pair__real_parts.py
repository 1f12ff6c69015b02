# The real part of an eigenvalue for its modulus.
def worse_radius(A, gain):
    return abs(np.linalg.eigvals(A + gain).real).max()


def best_consistent(A, K):
    gain = K[0].copy()
    gain[0, 0] = -(A[0, 0, 0] + A[1, 0, 0]) / 2
    return gain
