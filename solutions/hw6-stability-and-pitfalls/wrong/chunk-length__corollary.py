# The chapter's formula: sufficient, and not the least.
def contraction(C, rho, L, k):
    return C * rho**k * (1 + L * k / rho)


def sufficient_length(C, rho, L):
    rate = math.log(1 / rho)
    return math.ceil(2 / rate * math.log(C + 2 * C * L / (math.e * rho * rate)))


def system_constant(C, rho, L, k):
    q = C * rho**k * (1 + L * k / rho)
    series = C * rho / (1 - rho) + C * L / (1 - rho) ** 2
    return C / (1 - q) * series + C / (1 - rho)
