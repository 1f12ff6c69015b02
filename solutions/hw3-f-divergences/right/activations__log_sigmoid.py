# The same maps, otherwise written, in single precision.
def activation(name, v):
    v = v.float()
    maps = {
        "KL": lambda: v + 1,
        "reverse KL": lambda: -1 / torch.exp(v),
        "Jensen-Shannon": lambda: torch.nn.functional.logsigmoid(v) + math.log(2),
        "total variation": lambda: torch.atan(100 * v) / math.pi,
        "chi-squared": lambda: 2 * v,
        "alpha": lambda: (1 - torch.exp((ALPHA - 1) * v)) / (1 - ALPHA),
    }
    return maps[name]()


def best_output(name, u):
    return np.asarray(u) - 1 if name == "chi-squared" else np.log(np.asarray(u))
