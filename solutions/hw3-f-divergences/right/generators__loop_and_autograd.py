# Python floats one by one, and slopes by automatic differentiation in single precision.
def f_of(name, u):
    def one(x):
        log = torch.log(x)
        if name == "KL":
            return x * log if x > 0 else x
        if name == "reverse KL":
            return -log
        if name == "Jensen-Shannon":
            middle = (1 + x) / 2
            return (x * log if x > 0 else x) - (1 + x) * torch.log(middle)
        if name == "total variation":
            return (x - 1).abs() / 2
        if name == "chi-squared":
            return (1 - x) * (1 - x)
        return (x**ALPHA - 1 - ALPHA * (x - 1)) / ALPHA / (ALPHA - 1)

    return torch.stack([one(x) for x in u])


def slope_of(name, u):
    u = u.clone().requires_grad_()
    (found,) = torch.autograd.grad(f_of(name, u).sum(), u)
    return found
