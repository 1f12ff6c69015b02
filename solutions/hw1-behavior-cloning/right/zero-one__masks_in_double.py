# A mask of rivals, in double precision.
def zero_one(logits, act):
    own = torch.nn.functional.one_hot(act, logits.shape[1]).bool()
    return (logits.masked_fill(own, -torch.inf).amax(1) >= logits[own]).double()


def hinge(logits, act):
    own = torch.nn.functional.one_hot(act, logits.shape[1]).bool()
    margins = 1 + logits.double() - logits.double()[own][:, None]
    return margins.masked_fill(own, 0.0).amax(1).clamp(min=0.0)
