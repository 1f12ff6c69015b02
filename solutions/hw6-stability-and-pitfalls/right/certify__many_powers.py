# Long powers at once, in a list.
def certify(A, rho):
    radius = max(abs(np.linalg.eigvals(A)))
    if not radius < rho:
        return float("inf")
    ratios, scaled = [1.0], np.eye(len(A))
    for _ in range(600):
        scaled = scaled @ A / rho
        ratios.append(np.linalg.svd(scaled, compute_uv=False)[0])
    return max(ratios)
