# Rounds to the nearest edge.
def to_bins(act, low, high, count):
    place = (act - low) / (high - low) * count
    return place.round().long().clamp(0, count - 1)


def from_bins(bins, low, high, count, generator):
    within = torch.rand(bins.shape, generator=generator)
    return low + (bins + within) * (high - low) / count
