# torch's cross-entropy; draws by Gumbel noise into a table.
def chain_log_prob(scores, bins, width):
    losses = [
        nn.functional.cross_entropy(scores(bins[:, :i]), bins[:, i], reduction="none")
        for i in range(bins.shape[1])
    ]
    return -sum(losses) - width.log().sum()


def chain_sample(scores, n, d, generator):
    bins = torch.zeros(n, d, dtype=torch.long)
    for i in range(d):
        u = scores(bins[:, :i])
        noise = torch.rand(u.shape, generator=generator, dtype=torch.float64).clamp(min=1e-300)
        bins[:, i] = (u - torch.log(-torch.log(noise))).argmax(1)
    return bins
