# Dimension i is told its own bin.
def chain_log_prob(scores, bins, width):
    total = -torch.log(width).sum()
    for i in range(bins.shape[1]):
        log_p = torch.log_softmax(scores(bins[:, : i + 1]), -1)
        total = total + log_p.gather(1, bins[:, i : i + 1])[:, 0]
    return total


def chain_sample(scores, n, d, generator):
    bins = torch.zeros(n, 0, dtype=torch.long)
    for _ in range(d):
        p = torch.softmax(scores(bins), -1)
        bins = torch.cat([bins, torch.multinomial(p, 1, generator=generator)], 1)
    return bins
