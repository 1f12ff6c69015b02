# Counts every action as a training of its own.
def paired_gap(first, second):
    gap = (first.double() - second.double()).flatten().numpy()
    half = t_quantile(len(gap) - 1) * gap.std(ddof=1) / math.sqrt(len(gap))
    return gap.mean(), gap.mean() - half, gap.mean() + half
