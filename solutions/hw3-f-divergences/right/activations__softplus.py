# Other maps onto the same slopes: softplus and arctangent.
def activation(name, v):
    limit = {"reverse KL": 0.0, "Jensen-Shannon": math.log(2), "alpha": 1 / (1 - ALPHA)}
    if name in limit:
        return limit[name] - nn.functional.softplus(-v)
    if name == "total variation":
        return torch.sigmoid(2 * v) - 0.5
    return torch.sinh(v)


def best_output(name, u):
    limit = {"reverse KL": 0.0, "Jensen-Shannon": math.log(2), "alpha": 1 / (1 - ALPHA)}
    slopes = {
        "KL": 1 + torch.log(u),
        "reverse KL": -1 / u,
        "Jensen-Shannon": torch.log(2 * u / (1 + u)),
        "chi-squared": 2 * (u - 1),
        "alpha": (u ** (ALPHA - 1) - 1) / (ALPHA - 1),
    }
    if name in limit:
        return -torch.log(torch.expm1(limit[name] - slopes[name]))
    return torch.asinh(slopes[name])
