# A loop over places.
def soft_mask(h, overlap, delay):
    mask = []
    for place in range(h):
        if place < delay:
            mask.append(1.0)
        elif place >= overlap:
            mask.append(0.0)
        else:
            c = (overlap - place) / (overlap - delay + 1)
            mask.append(c * math.expm1(c) / math.expm1(1.0))
    return torch.tensor(mask)


def supposed_noise(mask, t):
    odds = t / (1 - t)
    noise = [(1 / float(w) - 1) / (1 + odds**2) if w > 0 else math.inf for w in mask]
    return torch.tensor(noise)
