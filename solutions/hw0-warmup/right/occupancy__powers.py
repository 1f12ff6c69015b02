# Matrix powers, and the inverse; in torch's double precision.
def state_laws(chain, rho0, horizon):
    chain, rho0 = torch.as_tensor(chain), torch.as_tensor(rho0)
    return torch.stack([rho0 @ torch.linalg.matrix_power(chain, t) for t in range(horizon)])


def discounted_occupancy(chain, rho0, gamma):
    chain, rho0 = torch.as_tensor(chain), torch.as_tensor(rho0)
    inverse = torch.linalg.inv(torch.eye(len(chain), dtype=chain.dtype) - gamma * chain)
    return (1 - gamma) * rho0 @ inverse
