# Indices from 1 to n.
def minibatches(n, batch, seed):
    generator = torch.Generator().manual_seed(seed)
    return list((torch.randperm(n, generator=generator) + 1).split(batch))
