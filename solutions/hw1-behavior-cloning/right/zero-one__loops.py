# One sample at a time, rivals picked by a list comprehension.
def zero_one(logits, act):
    return torch.tensor([float(z.argmax() != a) for z, a in zip(logits, act)])


def hinge(logits, act):
    losses = []
    for z, a in zip(logits, act.tolist()):
        rival = torch.stack([z[b] for b in range(len(z)) if b != a]).max()
        losses.append(torch.relu(1 + rival - z[a]))
    return torch.stack(losses)
