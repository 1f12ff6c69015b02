# Leaves out the last, short minibatch.
def minibatches(n, batch, seed):
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(n, generator=generator)
    return [order[i * batch : (i + 1) * batch] for i in range(n // batch)]
