# Compares the look with the whole action.
def best_guess(x, t, actions, prob):
    away = ((x[:, None] - actions) ** 2).sum(-1)
    return torch.softmax(prob.log() - away / (2 * (1 - t) ** 2), 1) @ actions


def carry(latent, actions, prob, steps):
    x = latent
    for i in range(steps):
        t = i / steps
        x = x + (best_guess(x, t, actions, prob) - x) / ((1 - t) * steps)
    return x
