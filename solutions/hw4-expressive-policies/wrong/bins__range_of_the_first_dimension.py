# Uses the first dimension's range for all.
def to_bins(act, low, high, count):
    place = (act - low[0]) / (high[0] - low[0]) * count
    return place.floor().long().clamp(0, count - 1)


def from_bins(bins, low, high, count, generator):
    within = torch.rand(bins.shape, generator=generator)
    return low + (bins + within) * (high - low) / count
