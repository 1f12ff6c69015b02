# The samples come in the order of the drive, every epoch alike.
def minibatches(n, batch, seed):
    return list(torch.arange(n).split(batch))
