# Averages over seeds and counts actions.
def paired_gap(first, second):
    gap = (first.double().mean(0) - second.double().mean(0)).numpy()
    half = t_quantile(len(gap) - 1) * gap.std(ddof=1) / math.sqrt(len(gap))
    return gap.mean(), gap.mean() - half, gap.mean() + half
