# Raises the start itself to the power, not its size.
def coin_sizes(x0, rho, sign, n, steps, seed):
    rng = np.random.default_rng(seed)
    x = np.full(n, float(x0))
    out = [np.abs(x)]
    for _ in range(steps):
        guess = rng.choice([1, -1], size=n)
        x = sign * rho * x - guess * rho * x
        out.append(np.abs(x))
    return np.stack(out, 1)


def mean_power(x0, rho, t, p):
    return x0**p * ((2 * rho) ** p / 2) ** t


def critical_power(rho):
    return math.log(2) / math.log(2 * rho)
