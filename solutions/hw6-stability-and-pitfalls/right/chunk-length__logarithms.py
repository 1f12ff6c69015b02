# Logarithms, bisection and tensors.
def contraction(C, rho, L, k):
    return torch.exp(torch.tensor(math.log(C) + k * math.log(rho), dtype=torch.float64)) * (
        1 + L * k / rho
    )


def sufficient_length(C, rho, L):
    high = 1
    while contraction(C, rho, L, high) >= 1:
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if contraction(C, rho, L, middle) >= 1 else (low, middle)
    return high


def system_constant(C, rho, L, k):
    room = 1 - rho
    return C / room + C**2 * (rho * room + L) / room**2 / (1 - contraction(C, rho, L, k))
