# log of a sigmoid: slopes above 0 are out of reach.
def activation(name, v):
    if name == "reverse KL":
        return -(-v).exp()
    if name == "Jensen-Shannon":
        return -nn.functional.softplus(-v)
    if name == "total variation":
        return torch.tanh(v) / 2
    if name == "alpha":
        return -torch.expm1(-(1 - ALPHA) * v) / (1 - ALPHA)
    return 1 * v


def best_output(name, u):
    if name == "KL":
        return 1 + u.log()
    if name == "chi-squared":
        return 2 * (u - 1)
    return u.log()
