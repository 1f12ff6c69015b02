# Looks at the first power alone.
def certify(A, rho):
    if abs(np.linalg.eigvals(A)).max() >= rho:
        raise ValueError(f"no constant belongs to the rate {rho}: the radius is not below it")
    power, scale, C = A, rho, 1.0
    return max(C, np.linalg.norm(power, 2) / scale)
