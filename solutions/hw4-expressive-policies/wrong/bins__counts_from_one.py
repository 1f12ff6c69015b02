# Numbers the bins from 1.
def to_bins(act, low, high, count):
    place = (act - low) / (high - low) * count
    return place.floor().long().clamp(0, count - 1) + 1


def from_bins(bins, low, high, count, generator):
    within = torch.rand(bins.shape, generator=generator)
    return low + (bins - 1 + within) * (high - low) / count
