# Leaves a tie to argmax: right or wrong by the order of the actions.
def zero_one(logits, act):
    return (logits.argmax(-1) != act).float()


def hinge(logits, act):
    expert = logits.gather(-1, act[:, None])[:, 0]
    rivals = logits.scatter(-1, act[:, None], -torch.inf)
    return (1 + rivals.max(-1).values - expert).clamp(min=0)
