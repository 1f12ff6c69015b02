# Two nested loops and an array that is filled.
def run_chunks(plan, step, obs, horizon, k):
    out = None
    for start in range(0, horizon, k):
        block = np.asarray(plan(obs))
        if out is None:
            out = np.zeros((block.shape[0], horizon, block.shape[2]), dtype=block.dtype)
        for t in range(start, min(start + k, horizon)):
            out[:, t] = block[:, t - start]
            obs = step(torch.tensor(out[:, t]))
    return out
