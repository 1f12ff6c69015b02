# Supposes - at even steps: the other way round.
def in_turn(x, t, rho):
    return (rho, -rho)[t % 2] * x


def by_shells(x, rho, ratio):
    size = np.where(x == 0, 1.0, abs(x))
    shell = np.floor(np.log(size) / np.log(ratio))
    return np.where(shell % 2 == 0, -rho, rho) * x


def longest_time(rho, ratio):
    alpha = math.log(2 * rho) / math.log(ratio)
    d = abs(alpha - 2 * round(alpha / 2))
    return math.ceil(1 / d) + 1 if d > 1e-9 else math.inf
