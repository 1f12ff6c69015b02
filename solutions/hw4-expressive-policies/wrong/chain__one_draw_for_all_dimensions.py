# Draws all dimensions from the first one's scores.
def chain_log_prob(scores, bins, width):
    total = -torch.log(width).sum()
    for i in range(bins.shape[1]):
        log_p = torch.log_softmax(scores(bins[:, :i]), -1)
        total = total + log_p.gather(1, bins[:, i : i + 1])[:, 0]
    return total


def chain_sample(scores, n, d, generator):
    p = torch.softmax(scores(torch.zeros(n, 0, dtype=torch.long)), -1)
    return torch.multinomial(p, d, True, generator=generator)
