# Loops over output units, and the softmax by hand.
def bump(steer, centres, width):
    height = torch.stack([torch.exp(-0.5 * ((c - steer) / width) ** 2) for c in centres], 1)
    return height / height.sum(1, keepdim=True)


def steering(logits, centres):
    weights = torch.exp(logits - logits.max(1, keepdim=True).values)
    total = sum(weights[:, b] * centres[b] for b in range(len(centres)))
    return total / weights.sum(1)


def alvinn_loss(logits, steer, centres, width):
    log_q = logits - torch.logsumexp(logits, 1, keepdim=True)
    target = bump(steer, centres, width)
    return -sum(target[:, b] * log_q[:, b] for b in range(len(centres)))
