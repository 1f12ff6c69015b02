# Stops where the ratio falls for the first time.
def certify(A, rho):
    if abs(np.linalg.eigvals(A)).max() >= rho:
        return math.inf
    power, scale, C = A, rho, 1.0
    ratio = np.linalg.norm(power, 2) / scale
    while ratio > C:
        C = ratio
        power, scale = power @ A, scale * rho
        ratio = np.linalg.norm(power, 2) / scale
    return C
