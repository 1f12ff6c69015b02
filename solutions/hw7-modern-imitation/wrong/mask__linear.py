# Takes c for the mask.
def soft_mask(h, overlap, delay):
    i = torch.arange(h, dtype=torch.float64)
    c = (overlap - i) / (overlap - delay + 1)
    falling = c
    return torch.where(i < delay, 1.0, torch.where(i < overlap, falling, 0.0))


def supposed_noise(mask, t):
    left = (1 - t) ** 2 / (t**2 + (1 - t) ** 2)
    return left * (1 - mask) / mask
