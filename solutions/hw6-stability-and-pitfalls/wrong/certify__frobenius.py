# The Frobenius norm, which is larger.
def certify(A, rho):
    if abs(np.linalg.eigvals(A)).max() >= rho:
        return math.inf
    power, scale, C = A, rho, 1.0
    while np.linalg.norm(power) > scale:
        C = max(C, np.linalg.norm(power) / scale)
        power, scale = power @ A, scale * rho
    return C
