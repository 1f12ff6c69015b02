# Noise where the action should be.
def noised(act, level, keep, noise):
    kept = keep[level][:, None]
    return (1 - kept).sqrt() * act + kept.sqrt() * noise


def diffusion_loss(predict, act, level, keep, noise):
    return ((predict(noised(act, level, keep, noise), level) - noise) ** 2).sum(-1)
