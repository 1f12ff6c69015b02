# The sums as they stand, term by term.
def contraction(C, rho, L, k):
    return C * rho**k + C * sum(rho ** (k - i) * L * rho ** (i - 1) for i in range(1, k + 1))


def sufficient_length(C, rho, L):
    return next(k for k in range(1, 100_000) if contraction(C, rho, L, k) < 1)


def system_constant(C, rho, L, k):
    i = np.arange(1, 4000)
    series = (C * rho**i * (1 + L * i / rho)).sum()
    return C * series / (1 - contraction(C, rho, L, k)) + C / (1 - rho)
