# NumPy's generator and array_split at multiples of the batch size.
def minibatches(n, batch, seed):
    order = np.random.default_rng(seed).permutation(n)
    return [torch.from_numpy(rows) for rows in np.split(order, range(batch, n, batch))]
