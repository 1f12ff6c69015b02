# Starts at a random sample and goes round in order: neighbours stay together.
def minibatches(n, batch, seed):
    generator = torch.Generator().manual_seed(seed)
    start = int(torch.randint(n, (1,), generator=generator))
    return list(torch.arange(n).roll(start).split(batch))
