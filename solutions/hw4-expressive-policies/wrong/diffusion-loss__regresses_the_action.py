# The target is the action.
def noised(act, level, keep, noise):
    kept = keep[level][:, None]
    return kept.sqrt() * act + (1 - kept).sqrt() * noise


def diffusion_loss(predict, act, level, keep, noise):
    return ((predict(noised(act, level, keep, noise), level) - act) ** 2).sum(-1)
