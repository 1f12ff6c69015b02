# Imitates the expert of the first system.
def worse_radius(A, gain):
    return abs(np.linalg.eigvals(A + gain)).max()


def best_consistent(A, K):
    return K[0]
