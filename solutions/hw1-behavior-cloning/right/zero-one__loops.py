# One sample at a time, rivals picked by a list comprehension.
def zero_one(logits, act):
    mistakes = []
    for z, a in zip(logits.tolist(), act.tolist()):
        mistakes.append(float(any(z[b] >= z[a] for b in range(len(z)) if b != a)))
    return torch.tensor(mistakes)


def hinge(logits, act):
    losses = []
    for z, a in zip(logits, act.tolist()):
        rival = torch.stack([z[b] for b in range(len(z)) if b != a]).max()
        losses.append(torch.relu(1 + rival - z[a]))
    return torch.stack(losses)
