# Draws the time of the first right guess, then writes the sizes down.
def coin_sizes(x0, rho, sign, n, steps, seed):
    time = np.random.default_rng(seed).geometric(0.5, size=n)
    t = np.arange(steps + 1)
    return np.where(t < time[:, None], abs(x0) * (2 * rho) ** t, 0.0)


def mean_power(x0, rho, t, p):
    return abs(x0) ** p * ((2 * rho) ** p / 2) ** t


def critical_power(rho):
    return 1 / math.log2(2 * rho)
