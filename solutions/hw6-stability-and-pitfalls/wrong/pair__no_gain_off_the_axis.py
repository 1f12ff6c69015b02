# Zero off the data, the least norm: midway only for a symmetric pair.
def worse_radius(A, gain):
    return abs(np.linalg.eigvals(A + gain)).max()


def best_consistent(A, K):
    gain = K[0].copy()
    gain[:, 0] = 0
    return gain
