# 1.96 for any number of seeds.
def paired_gap(first, second):
    gap = (first.double().mean(1) - second.double().mean(1)).numpy()
    half = 1.96 * gap.std(ddof=1) / math.sqrt(len(gap))
    return gap.mean(), gap.mean() - half, gap.mean() + half
