# Stops after twenty powers, whatever they are.
def certify(A, rho):
    if np.abs(np.linalg.eigvals(A)).max() >= rho:
        return math.inf
    C, power, m = 1.0, np.eye(len(A)), 0
    while True:
        power = power @ A
        m += 1
        ratio = np.linalg.norm(power, 2) / rho**m
        if m > 20:
            return C
        C = max(C, ratio)
