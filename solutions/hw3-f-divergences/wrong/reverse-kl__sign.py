# log p - log q.
def reverse_kl(mean, log_std, noise, shares, modes, widths):
    act = mean + log_std.exp() * noise
    log_q = -(noise**2) / 2 - log_std - math.log(2 * math.pi) / 2
    return log_mixture(act, shares, modes, widths) - log_q
