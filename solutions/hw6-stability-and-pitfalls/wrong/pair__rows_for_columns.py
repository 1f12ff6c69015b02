# Takes the axis for a row of the gain.
def worse_radius(A, gain):
    return abs(np.linalg.eigvals(A + gain)).max()


def best_consistent(A, K):
    gain = K[0].T.copy()
    gain[0, 0] = -(A[0, 0, 0] + A[1, 0, 0]) / 2
    return gain
