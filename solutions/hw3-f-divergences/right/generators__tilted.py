# Other generators of the same divergences: multiples of u - 1 added.
def f_of(name, u):
    u = np.asarray(u)
    log = np.log(np.maximum(u, 1e-300))
    if name == "KL":
        return np.where(u > 0, u * log, 0.0) - u + 1
    if name == "reverse KL":
        return np.where(u > 0, u - 1 - log, np.inf)
    if name == "Jensen-Shannon":
        return np.where(u > 0, u * log, 0.0) - (1 + u) * np.log1p((u - 1) / 2)
    if name == "total variation":
        return np.maximum(u - 1, 0)
    if name == "chi-squared":
        return u**2 - 1
    return (u**ALPHA - 1) / (ALPHA * (ALPHA - 1))


def slope_of(name, u):
    u = np.asarray(u)
    return {
        "KL": np.log(u),
        "reverse KL": 1 - 1 / u,
        "Jensen-Shannon": np.log(u) - np.log((1 + u) / 2),
        "total variation": (u > 1) * 1.0,
        "chi-squared": 2 * u,
        "alpha": u ** (ALPHA - 1) / (ALPHA - 1),
    }[name]
