# The difference the other way round.
def paired_gap(first, second):
    gap = (second.double().mean(1) - first.double().mean(1)).numpy()
    half = t_quantile(len(gap) - 1) * gap.std(ddof=1) / math.sqrt(len(gap))
    return gap.mean(), gap.mean() - half, gap.mean() + half
