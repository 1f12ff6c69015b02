# Looks at the first power alone.
def certify(A, rho):
    if abs(np.linalg.eigvals(A)).max() >= rho:
        return math.inf
    power, scale, C = A, rho, 1.0
    return max(C, np.linalg.norm(power, 2) / scale)
