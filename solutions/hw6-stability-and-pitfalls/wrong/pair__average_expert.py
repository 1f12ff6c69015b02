# Averages the experts, which is midway only if they cancel their systems.
def worse_radius(A, gain):
    return abs(np.linalg.eigvals(A + gain)).max()


def best_consistent(A, K):
    gain = K[0].copy()
    gain[0, 0] = (K[0, 0, 0] + K[1, 0, 0]) / 2
    return gain
