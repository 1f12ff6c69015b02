# NaN where the supremum is infinite.
def conjugate(name, t):
    if name == "KL":
        return (t - 1).exp()
    if name == "reverse KL":
        return -1 - (-t).log()
    if name == "Jensen-Shannon":
        return torch.where(t < math.log(2), -(2 - t.exp()).log(), math.inf)
    if name == "total variation":
        return torch.where(t <= 0.5, t.clamp(min=-0.5), math.inf)
    if name == "chi-squared":
        return torch.where(t >= -2, t + t**2 / 4, -1.0)
    power = 1 + (ALPHA - 1) * t
    value = (power.clamp(min=0) ** (ALPHA / (ALPHA - 1)) - 1) / ALPHA
    return torch.where(power > 0, value, math.inf)
