# Sums sixty terms of the series.
def contraction(C, rho, L, k):
    return C * rho**k * (1 + L * k / rho)


def sufficient_length(C, rho, L):
    k = 1
    while contraction(C, rho, L, k) >= 1:
        k += 1
    return k


def system_constant(C, rho, L, k):
    q = contraction(C, rho, L, k)
    series = sum(C * rho**i * (1 + L * i / rho) for i in range(1, 60))
    return C / (1 - q) * series + C / (1 - rho)
