# torch in single precision.
def state_laws(chain, rho0, horizon):
    chain, law, laws = torch.as_tensor(chain).float(), torch.as_tensor(rho0).float(), []
    for _ in range(horizon):
        laws.append(law)
        law = law @ chain
    return torch.stack(laws)


def discounted_occupancy(chain, rho0, gamma):
    chain, rho0 = torch.as_tensor(chain).float(), torch.as_tensor(rho0).float()
    return torch.linalg.solve(torch.eye(len(rho0)) - gamma * chain.T, (1 - gamma) * rho0)
