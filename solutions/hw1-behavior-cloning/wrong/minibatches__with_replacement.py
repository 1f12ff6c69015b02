# Draws with replacement: some samples twice, some never.
def minibatches(n, batch, seed):
    generator = torch.Generator().manual_seed(seed)
    return list(torch.randint(n, (n,), generator=generator).split(batch))
