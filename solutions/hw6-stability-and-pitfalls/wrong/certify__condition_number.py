# The condition of the eigenvectors: valid, and far from the least.
def certify(A, rho):
    if abs(np.linalg.eigvals(A)).max() >= rho:
        raise ValueError(f"no constant belongs to the rate {rho}: the radius is not below it")
    return np.linalg.cond(np.linalg.eig(A)[1])
