# Adds the two heads' variances.
def paired_gap(first, second):
    gap = (first.double().mean(1) - second.double().mean(1)).numpy()
    half = (
        t_quantile(len(gap) - 1)
        * math.hypot(first.mean(1).std(), second.mean(1).std())
        / math.sqrt(len(gap))
    )
    return gap.mean(), gap.mean() - half, gap.mean() + half
