# Normalises exponentials that underflow together.
def best_guess(x, t, actions, prob):
    away = ((x[:, None] - t * actions) ** 2).sum(-1)
    return (w := prob * torch.exp(-away / (2 * (1 - t) ** 2))) @ actions / w.sum(1, keepdim=True)


def carry(latent, actions, prob, steps):
    x = latent
    for i in range(steps):
        t = i / steps
        x = x + (best_guess(x, t, actions, prob) - x) / ((1 - t) * steps)
    return x
