# Clips c in NumPy; float32.
def soft_mask(h, overlap, delay):
    c = np.clip((overlap - np.arange(h)) / (overlap - delay + 1), 0, 1)
    mask = (c * np.expm1(c) / np.expm1(1)).astype(np.float32)
    mask[:delay], mask[overlap:] = 1, 0
    return mask


def supposed_noise(mask, t):
    spread = 1 / (1 + t**2 / (1 - t) ** 2)
    return spread / mask - spread
