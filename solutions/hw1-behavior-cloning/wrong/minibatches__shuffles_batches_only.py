# Shuffles the order of minibatches but keeps neighbours together.
def minibatches(n, batch, seed):
    generator = torch.Generator().manual_seed(seed)
    groups = list(torch.arange(n).split(batch))
    short = [groups.pop()] if n % batch else []
    return [groups[i] for i in torch.randperm(len(groups), generator=generator)] + short
