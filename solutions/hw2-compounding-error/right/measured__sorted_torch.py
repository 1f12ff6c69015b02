# Counts by a search in sorted values, the last of several best thresholds.
def threshold_gap(a, b):
    a, b = torch.as_tensor(a), torch.as_tensor(b)
    half = len(a) // 2
    at = torch.cat([a[:half], b[:half]])
    above = [half - torch.searchsorted(x[:half].sort().values, at, right=True) for x in (a, b)]
    gap = (above[0] - above[1]).tolist()
    x = at[len(gap) - 1 - gap[::-1].index(max(gap))]
    return ((a[half:] > x).double() - (b[half:] > x).double()).mean()
