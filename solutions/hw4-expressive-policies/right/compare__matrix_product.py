# Means as products with equal weights, in single precision.
def paired_gap(first, second):
    seeds, n = first.shape
    gap = (first - second) @ torch.full((n,), 1 / n)
    half = t_quantile(seeds - 1) * gap.std() / math.sqrt(seeds)
    return gap.mean(), gap.mean() - half, gap.mean() + half
