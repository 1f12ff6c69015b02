# Solves t = f(u) for u, and puts it in.
def conjugate(name, t):
    found = []
    for x in t.tolist():
        if name == "KL":
            u = math.exp(x - 1)
            found.append(u * x - u * math.log(u))
        elif name == "reverse KL":
            found.append(-1 + math.log(1 / -x) if x < 0 else math.inf)
        elif name == "Jensen-Shannon":
            if x >= math.log(2):
                found.append(math.inf)
                continue
            u = 1 / (2 * math.exp(-x) - 1)
            found.append(u * x - u * math.log(u) + (1 + u) * math.log((1 + u) / 2))
        elif name == "total variation":
            found.append(math.inf if x > 0.5 else max(-0.5, x))
        elif name == "chi-squared":
            u = max(0.0, 1 + x / 2)
            found.append(u * x - (u - 1) ** 2)
        elif x >= 1 / (1 - ALPHA):
            found.append(math.inf)
        else:
            u = (1 + (ALPHA - 1) * x) ** (1 / (ALPHA - 1))
            f = (u**ALPHA - ALPHA * u + ALPHA - 1) / (ALPHA * (ALPHA - 1))
            found.append(u * x - f)
    return torch.tensor(found)
