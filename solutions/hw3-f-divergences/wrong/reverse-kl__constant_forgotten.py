# Leaves the normalising constant of q out, though that of p counts.
def reverse_kl(mean, log_std, noise, shares, modes, widths):
    act = mean + log_std.exp() * noise
    log_q = -(noise**2) / 2 - log_std
    return log_q - log_mixture(act, shares, modes, widths)
