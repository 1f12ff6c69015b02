# A triangular matrix of weights, in torch and single precision.
def eiss_bound(C, rho, start, inputs):
    start, inputs = (torch.as_tensor(x, dtype=torch.float32) for x in (start, inputs))
    t = torch.arange(1, inputs.shape[1] + 1)
    age = t[:, None] - t[None, :]
    weights = torch.where(age >= 0, float(rho) ** age.clamp(min=0), torch.zeros(()))
    return C * (start[:, None] * float(rho) ** t + inputs @ weights.T)


def settled(C, rho, delta):
    return -C * delta / (rho - 1)
