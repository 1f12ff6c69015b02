# Numbers outside the range get bins that do not exist.
def to_bins(act, low, high, count):
    place = (act - low) / (high - low) * count
    return place.floor().long()


def from_bins(bins, low, high, count, generator):
    within = torch.rand(bins.shape, generator=generator)
    return low + (bins + within) * (high - low) / count
