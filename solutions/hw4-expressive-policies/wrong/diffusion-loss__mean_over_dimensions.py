# Averages over the action's dimensions.
def noised(act, level, keep, noise):
    kept = keep[level][:, None]
    return kept.sqrt() * act + (1 - kept).sqrt() * noise


def diffusion_loss(predict, act, level, keep, noise):
    return ((predict(noised(act, level, keep, noise), level) - noise) ** 2).mean(-1)
