# Takes the schedule one level early.
def noised(act, level, keep, noise):
    kept = keep[(level - 1).clamp(min=0)][:, None]
    return kept.sqrt() * act + (1 - kept).sqrt() * noise


def diffusion_loss(predict, act, level, keep, noise):
    return ((predict(noised(act, level, keep, noise), level) - noise) ** 2).sum(-1)
