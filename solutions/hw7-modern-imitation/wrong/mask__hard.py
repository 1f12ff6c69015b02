# Freezes the delay and nothing else.
def soft_mask(h, overlap, delay):
    i = torch.arange(h, dtype=torch.float64)
    return torch.where(i < delay, 1.0, 0.0)


def supposed_noise(mask, t):
    left = (1 - t) ** 2 / (t**2 + (1 - t) ** 2)
    return left * (1 - mask) / mask
