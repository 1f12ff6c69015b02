# Draws from the global source.
def to_bins(act, low, high, count):
    place = (act - low) / (high - low) * count
    return place.floor().long().clamp(0, count - 1)


def from_bins(bins, low, high, count, generator):
    within = torch.rand(bins.shape)
    return low + (bins + within) * (high - low) / count
