# Looks the bins up between their edges.
def to_bins(act, low, high, count):
    columns = []
    for j in range(act.shape[1]):
        edges = torch.linspace(float(low[j]), float(high[j]), count + 1)
        columns.append(torch.bucketize(act[:, j].contiguous(), edges[1:-1], right=True))
    return torch.stack(columns, 1)


def from_bins(bins, low, high, count, generator):
    width = (high - low) / count
    left = low + bins * width
    return left + width * torch.rand(bins.shape, generator=generator, dtype=torch.float64)
