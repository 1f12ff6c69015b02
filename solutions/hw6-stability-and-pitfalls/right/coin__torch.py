# torch in single precision, coins as bits, episode by episode.
def coin_sizes(x0, rho, sign, n, steps, seed):
    generator = torch.Generator().manual_seed(seed)
    coins = torch.randint(0, 2, (n, steps), generator=generator)
    rows = []
    for coin in coins.tolist():
        x, row = x0, [abs(x0)]
        for heads in coin:
            act = -rho * x if heads else rho * x
            x = sign * (rho * x) + act
            row.append(abs(x))
        rows.append(row)
    return torch.tensor(rows, dtype=torch.float32)


def mean_power(x0, rho, t, p):
    mean = abs(x0) ** p
    for _ in range(t):
        mean *= 0.5 * (2 * rho) ** p
    return mean


def critical_power(rho):
    return np.log(2) / (np.log(2) + np.log(rho))
