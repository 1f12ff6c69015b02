# Adds the hinges of all rivals (Weston and Watkins), not that of the strongest.
def zero_one(logits, act):
    expert = logits.gather(-1, act[:, None])
    return ((logits >= expert).sum(-1) > 1).float()


def hinge(logits, act):
    expert = logits.gather(-1, act[:, None])
    each = (1 + logits - expert).clamp(min=0)
    return each.sum(-1) - 1
