# Draws half a bin to either side of the lower edge.
def to_bins(act, low, high, count):
    place = (act - low) / (high - low) * count
    return place.floor().long().clamp(0, count - 1)


def from_bins(bins, low, high, count, generator):
    within = torch.rand(bins.shape, generator=generator) - 0.5
    return low + (bins + within) * (high - low) / count
