# The cross-entropy alone: the learner collapses onto a point.
def reverse_kl(mean, log_std, noise, shares, modes, widths):
    act = mean + log_std.exp() * noise
    return -log_mixture(act, shares, modes, widths)
