# Judges by the better of the two systems.
def worse_radius(A, gain):
    return abs(np.linalg.eigvals(A + gain)).max(1).min()


def best_consistent(A, K):
    gain = K[0].copy()
    gain[0, 0] = -(A[0, 0, 0] + A[1, 0, 0]) / 2
    return gain
