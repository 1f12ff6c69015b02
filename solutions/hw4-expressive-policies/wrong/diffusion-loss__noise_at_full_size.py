# Adds the noise unscaled.
def noised(act, level, keep, noise):
    kept = keep[level][:, None]
    return kept.sqrt() * act + noise


def diffusion_loss(predict, act, level, keep, noise):
    return ((predict(noised(act, level, keep, noise), level) - noise) ** 2).sum(-1)
