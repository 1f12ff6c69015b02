# torch in double precision.
def explore(A, B, K, starts, noise):
    A, B, K, x, noise = (torch.as_tensor(part) for part in (A, B, K, starts, noise))
    states = torch.zeros(*noise.shape[:2], len(A), dtype=torch.float64)
    for t in range(noise.shape[1]):
        states[:, t] = x
        x = torch.einsum("ij,nj->ni", A, x) + (x @ K.T + noise[:, t]) @ B.T
    return states, states @ K.T


def clone(states, acts):
    x, u = (torch.as_tensor(part).flatten(0, 1) for part in (states, acts))
    values, axes = torch.linalg.eigh(x.T @ x)
    inverse = torch.where(values > 1e-12 * values[-1], 1 / values.clamp(min=1e-300), 0)
    return u.T @ x @ axes @ torch.diag(inverse) @ axes.T


def spread(states):
    x = torch.as_tensor(states).flatten(0, 1)
    moments = torch.einsum("ni,nj->ij", x, x) / x.shape[0]
    return torch.linalg.eigvalsh(moments)[0].clamp(min=0).sqrt()


def safe_error(C, rho, sigma):
    return torch.tensor(sigma * (1 - rho) / C, dtype=torch.float64)
