# Generates the divergence of q from p for both KLs.
def f_of(name, u):
    if name == "reverse KL":
        return torch.xlogy(u, u)
    if name == "KL":
        return -u.log()
    if name == "Jensen-Shannon":
        return torch.xlogy(u, u) - (1 + u) * ((1 + u) / 2).log()
    if name == "total variation":
        return (u - 1).abs() / 2
    if name == "chi-squared":
        return (u - 1) ** 2
    return (u**ALPHA - ALPHA * u + ALPHA - 1) / (ALPHA * (ALPHA - 1))


def slope_of(name, u):
    if name == "reverse KL":
        return 1 + u.log()
    if name == "KL":
        return -1 / u
    if name == "Jensen-Shannon":
        return (2 * u / (1 + u)).log()
    if name == "total variation":
        return torch.sign(u - 1) / 2
    if name == "chi-squared":
        return 2 * (u - 1)
    return (u ** (ALPHA - 1) - 1) / (ALPHA - 1)
