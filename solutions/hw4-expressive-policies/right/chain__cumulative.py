# Probabilities in double, and draws by their cumulative sums.
def chain_log_prob(scores, bins, width):
    rows, density = torch.arange(len(bins)), 1.0
    for i, w in enumerate(width.double()):
        e = scores(bins[:, :i]).double().exp()
        density = density * (e / e.sum(1, keepdim=True))[rows, bins[:, i]] / w
    return torch.log(density)


def chain_sample(scores, n, d, generator):
    bins = []
    for _ in range(d):
        before = torch.stack(bins, 1) if bins else torch.zeros(n, 0, dtype=torch.long)
        ladder = torch.softmax(scores(before).double(), 1).cumsum(1)
        u = torch.rand(n, 1, generator=generator, dtype=torch.float64)
        bins.append((u >= ladder[:, :-1]).sum(1))
    return torch.stack(bins, 1)
