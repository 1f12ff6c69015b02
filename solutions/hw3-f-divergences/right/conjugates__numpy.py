# NumPy in one expression a line.
def conjugate(name, t):
    t = np.asarray(t)
    with np.errstate(all="ignore"):
        root = 1 - (1 - ALPHA) * t
        value = {
            "KL": np.exp(t) / np.e,
            "reverse KL": np.where(t < 0, -1 + np.log(-1 / t), np.inf),
            "Jensen-Shannon": np.where(np.exp(t) < 2, -np.log(2 - np.exp(t)), np.inf),
            "total variation": np.where(t > 0.5, np.inf, np.maximum(t, -0.5)),
            "chi-squared": np.maximum(1 + t / 2, 0) ** 2 - 1,
            "alpha": np.where(root > 0, (root ** (-ALPHA / (1 - ALPHA)) - 1) / ALPHA, np.inf),
        }
    return value[name]
