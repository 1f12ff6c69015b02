# Scales by the shares of variance, not by their roots.
def noised(act, level, keep, noise):
    kept = keep[level][:, None]
    return kept * act + (1 - kept) * noise


def diffusion_loss(predict, act, level, keep, noise):
    return ((predict(noised(act, level, keep, noise), level) - noise) ** 2).sum(-1)
