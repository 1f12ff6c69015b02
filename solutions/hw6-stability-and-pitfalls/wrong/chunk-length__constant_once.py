# C before the start alone.
def contraction(C, rho, L, k):
    return rho**k * (C + L * k / rho)


def sufficient_length(C, rho, L):
    k = 1
    while C * rho**k * (1 + L * k / rho) >= 1:
        k += 1
    return k


def system_constant(C, rho, L, k):
    q = C * rho**k * (1 + L * k / rho)
    series = C * rho / (1 - rho) + C * L / (1 - rho) ** 2
    return C / (1 - q) * series + C / (1 - rho)
