# Cancels the first system alone.
def worse_radius(A, gain):
    return abs(np.linalg.eigvals(A + gain)).max()


def best_consistent(A, K):
    gain = K[0].copy()
    gain[0, 0] = -A[0, 0, 0]
    return gain
