# Subtracts the largest exponent of the batch, not of the row.
def best_guess(x, t, actions, prob):
    dist = ((x[:, None] - t * actions[None]) ** 2).sum(-1)
    e = torch.log(prob) - dist / (2 * (1 - t) ** 2)
    w = torch.exp(e - e.max())
    w = w / w.sum(1, keepdim=True)
    return w @ actions


def carry(latent, actions, prob, steps):
    x = latent
    for i in range(steps):
        t = i / steps
        x = x + (best_guess(x, t, actions, prob) - x) / (1 - t) / steps
    return x
