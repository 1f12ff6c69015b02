# One draw after the other, in double, its maximum taken out.
def importance_bound(act, mu, log_sigma, decode, std, noise):
    rows, half = [], 0.5 * math.log(2 * math.pi)
    for xi in noise.double():
        z = mu + log_sigma.exp() * xi
        error = (act - decode(z)) / std
        fit = -(0.5 * error**2 + math.log(std) + half).sum(1)
        prior = -(0.5 * z**2 + half).sum(1)
        code = -(0.5 * xi**2 + log_sigma + half).sum(1)
        rows.append(fit + prior - code)
    rows = torch.stack(rows)
    top = rows.max(0).values
    return top + (rows - top).exp().mean(0).log()
