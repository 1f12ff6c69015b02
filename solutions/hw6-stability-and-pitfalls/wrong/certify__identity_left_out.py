# Leaves t = 0 out: C may end below one.
def certify(A, rho):
    if abs(np.linalg.eigvals(A)).max() >= rho:
        return math.inf
    power, scale, C = A, rho, np.linalg.norm(A, 2) / rho
    while np.linalg.norm(power, 2) > scale:
        C = max(C, np.linalg.norm(power, 2) / scale)
        power, scale = power @ A, scale * rho
    return C
