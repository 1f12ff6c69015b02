# One toss an episode, kept for ever.
def coin_sizes(x0, rho, sign, n, steps, seed):
    rng = np.random.default_rng(seed)
    x, sizes = np.full(n, float(x0)), []
    guess = np.where(rng.random(n) < 0.5, 1.0, -1.0)
    for _ in range(steps):
        sizes.append(abs(x))
        x = (sign - guess) * rho * x
    return np.stack([*sizes, abs(x)], 1)


def mean_power(x0, rho, t, p):
    return 2.0**-t * (2 * rho) ** (p * t) * abs(x0) ** p


def critical_power(rho):
    return math.log(2) / math.log(2 * rho)
