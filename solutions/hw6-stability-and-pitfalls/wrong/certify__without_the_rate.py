# The largest norm of a power, not divided by rho^t.
def certify(A, rho):
    if abs(np.linalg.eigvals(A)).max() >= rho:
        return math.inf
    power, scale, C = A, rho, 1.0
    while np.linalg.norm(power, 2) > scale:
        C = max(C, np.linalg.norm(power, 2))
        power, scale = power @ A, scale * rho
    return C
