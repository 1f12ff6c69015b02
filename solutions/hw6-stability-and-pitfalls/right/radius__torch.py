# torch, and the quotient of logarithms by a change of base.
def spectral_radius(A):
    return torch.linalg.eigvals(torch.as_tensor(A, dtype=torch.float64)).abs().amax()


def steps_bought(A, factor):
    rate = float(spectral_radius(A))
    if rate <= 1:
        return float("inf")
    return math.log(factor, rate)
