# torch's cross-entropy with soft targets, in double precision.
def bump(steer, centres, width):
    normal = torch.distributions.Normal(steer[:, None].double(), width)
    return torch.softmax(normal.log_prob(centres.double()), dim=1)


def steering(logits, centres):
    q = torch.nn.functional.softmax(logits, dim=1)
    return torch.einsum("nb,b->n", q, centres)


def alvinn_loss(logits, steer, centres, width):
    target = bump(steer, centres, width)
    return torch.nn.functional.cross_entropy(logits.double(), target, reduction="none")
