# Python's own shuffle and slices.
def minibatches(n, batch, seed):
    import random

    order = list(range(n))
    random.Random(seed).shuffle(order)
    return [torch.tensor(order[i : i + batch]) for i in range(0, n, batch)]
