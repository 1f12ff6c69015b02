# The gain zero: stable at best, and not what the experts do.
def worse_radius(A, gain):
    return abs(np.linalg.eigvals(A + gain)).max()


def best_consistent(A, K):
    return np.zeros((2, 2))
