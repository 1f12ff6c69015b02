# A loop over steps, and the overlap of the two distributions.
def mistake_rate(d, pi, expert):
    rates = []
    for here, table in zip(d, pi):
        rates.append(sum(w * (1 - row[a]) for w, row, a in zip(here, table, expert)))
    return rates


def total_variation(d, e):
    return [1 - sum(min(x, y) for x, y in zip(*rows)) for rows in zip(d, e)]
