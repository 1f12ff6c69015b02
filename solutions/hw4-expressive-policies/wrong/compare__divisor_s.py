# The divisor S in the variance.
def paired_gap(first, second):
    gap = (first.double().mean(1) - second.double().mean(1)).numpy()
    half = t_quantile(len(gap) - 1) * gap.std(ddof=0) / math.sqrt(len(gap))
    return gap.mean(), gap.mean() - half, gap.mean() + half
