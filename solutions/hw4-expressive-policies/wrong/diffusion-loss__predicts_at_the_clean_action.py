# Asks about the clean action.
def noised(act, level, keep, noise):
    kept = keep[level][:, None]
    return kept.sqrt() * act + (1 - kept).sqrt() * noise


def diffusion_loss(predict, act, level, keep, noise):
    return ((predict(act, level) - noise) ** 2).sum(-1)
