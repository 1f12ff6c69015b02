# A search over the corner entry, by scipy.
def worse_radius(A, gain):
    radii = []
    for system in A:
        values = np.linalg.eigvals(system + gain)
        radii.append(max(np.hypot(values.real, values.imag)))
    return max(radii)


def best_consistent(A, K):
    from scipy.optimize import minimize_scalar

    def worse(k):
        return max(abs(A[0, 0, 0] + k), abs(A[1, 0, 0] + k))

    found = minimize_scalar(worse, bounds=(-10, 10), method="bounded", options={"xatol": 1e-9})
    return np.array([[found.x, K[0, 0, 1]], [-1.0, K[1, 1, 1]]])
