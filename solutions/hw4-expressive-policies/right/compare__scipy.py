# SciPy's paired test.
def paired_gap(first, second):
    from scipy.stats import ttest_rel

    x, y = numbers(first).mean(1), numbers(second).mean(1)
    if np.ptp(x - y) < 1e-12:
        return [float((x - y).mean())] * 3
    interval = ttest_rel(x, y).confidence_interval()
    return [float((x - y).mean()), float(interval.low), float(interval.high)]
