# Counts one by one, in plain Python.
def threshold_gap(a, b):
    n = len(a)
    best, best_gap = None, -2
    for x in [*a[: n // 2], *b[: n // 2]]:
        gap = sum(v > x for v in a[: n // 2]) - sum(v > x for v in b[: n // 2])
        if gap > best_gap:
            best, best_gap = x, gap
    return (sum(v > best for v in a[n // 2 :]) - sum(v > best for v in b[n // 2 :])) / (n // 2)
