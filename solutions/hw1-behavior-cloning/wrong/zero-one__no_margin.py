# The perceptron's loss: being right by anything is enough.
def zero_one(logits, act):
    expert = logits.gather(-1, act[:, None])
    return ((logits >= expert).sum(-1) > 1).float()


def hinge(logits, act):
    expert = logits.gather(-1, act[:, None])[:, 0]
    rivals = logits.scatter(-1, act[:, None], -torch.inf)
    return (rivals.max(-1).values - expert).clamp(min=0)
