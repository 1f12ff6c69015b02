# Gives up quietly where no constant exists.
def certify(A, rho):
    power, scale, C = A, rho, 1.0
    for _ in range(300):
        C = max(C, np.linalg.norm(power, 2) / scale)
        power, scale = power @ A, scale * rho
    return C
