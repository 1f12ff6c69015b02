# Takes a chunk that leaves gaps as they are for long enough.
def contraction(C, rho, L, k):
    return C * rho**k * (1 + L * k / rho)


def sufficient_length(C, rho, L):
    k = 1
    while contraction(C, rho, L, k) > 1:
        k += 1
    return k


def system_constant(C, rho, L, k):
    q = contraction(C, rho, L, k)
    series = C * (rho / (1 - rho) + L / (1 - rho) ** 2)
    return C / (1 - q) * series + C / (1 - rho)
