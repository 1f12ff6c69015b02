# A plain class: all weight on the nearest unit.
def bump(steer, centres, width):
    nearest = (steer[:, None] - centres).abs().argmin(-1)
    return torch.nn.functional.one_hot(nearest, len(centres)).float()


def steering(logits, centres):
    return torch.softmax(logits, -1) @ centres


def alvinn_loss(logits, steer, centres, width):
    return -(bump(steer, centres, width) * torch.log_softmax(logits, -1)).sum(-1)
