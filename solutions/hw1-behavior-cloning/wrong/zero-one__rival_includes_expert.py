# The best rival is taken over all actions, the expert's own included.
def zero_one(logits, act):
    expert = logits.gather(-1, act[:, None])
    return ((logits >= expert).sum(-1) > 1).float()


def hinge(logits, act):
    expert = logits.gather(-1, act[:, None])[:, 0]
    return (1 + logits.max(-1).values - expert).clamp(min=0)
