# Takes the nearest action for the mean.
def best_guess(x, t, actions, prob):
    away = ((x[:, None] - t * actions) ** 2).sum(-1)
    return actions[(prob.log() - away / (2 * (1 - t) ** 2)).argmax(1)]


def carry(latent, actions, prob, steps):
    x = latent
    for i in range(steps):
        t = i / steps
        x = x + (best_guess(x, t, actions, prob) - x) / ((1 - t) * steps)
    return x
