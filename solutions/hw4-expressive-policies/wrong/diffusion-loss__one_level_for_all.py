# Uses the first sample's level for the whole batch.
def noised(act, level, keep, noise):
    kept = keep[level[:1]][:, None]
    return kept.sqrt() * act + (1 - kept).sqrt() * noise


def diffusion_loss(predict, act, level, keep, noise):
    return ((predict(noised(act, level, keep, noise), level) - noise) ** 2).sum(-1)
