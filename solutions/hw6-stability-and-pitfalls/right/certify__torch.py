# torch, the matrix scaled by the rate first.
def certify(A, rho):
    scaled = torch.as_tensor(A, dtype=torch.float64) / rho
    if torch.linalg.eigvals(scaled).abs().max() >= 1:
        return torch.inf
    power, worst = scaled, torch.ones((), dtype=torch.float64)
    while (norm := torch.linalg.matrix_norm(power, 2)) > 1:
        worst = torch.maximum(worst, norm)
        power = power @ scaled
    return worst
