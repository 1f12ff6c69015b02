# Takes log_std for the logarithm of a variance.
def reverse_kl(mean, log_std, noise, shares, modes, widths):
    log_std = log_std / 2
    act = mean + log_std.exp() * noise
    log_q = -(noise**2) / 2 - log_std - math.log(2 * math.pi) / 2
    return log_q - log_mixture(act, shares, modes, widths)
