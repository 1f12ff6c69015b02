# log p/q as the best output of KL.
def activation(name, v):
    if name == "reverse KL":
        return -(-v).exp()
    if name == "Jensen-Shannon":
        return math.log(2) - nn.functional.softplus(-v)
    if name == "total variation":
        return torch.tanh(v) / 2
    if name == "alpha":
        return -torch.expm1(-(1 - ALPHA) * v) / (1 - ALPHA)
    return 1 * v


def best_output(name, u):
    if name == "KL":
        return u.log()
    if name == "chi-squared":
        return 2 * (u - 1)
    return u.log()
