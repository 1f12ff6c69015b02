# NumPy, seeded from the generator.
def to_bins(act, low, high, count):
    width = (numbers(high) - numbers(low)) / count
    return np.clip(np.floor((numbers(act) - numbers(low)) / width), 0, count - 1).astype(int)


def from_bins(bins, low, high, count, generator):
    rng = np.random.default_rng(int(torch.randint(2**31, (1,), generator=generator)))
    low, high = numbers(low), numbers(high)
    width, bins = (high - low) / count, numbers(bins)
    return rng.uniform(low + bins * width, low + (bins + 1) * width)
