# The condition of the eigenvectors: valid, and far from the least.
def certify(A, rho):
    if abs(np.linalg.eigvals(A)).max() >= rho:
        return math.inf
    return np.linalg.cond(np.linalg.eig(A)[1])
