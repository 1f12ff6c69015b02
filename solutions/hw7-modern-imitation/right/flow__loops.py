# Loops over actions, with the largest exponent taken out.
def best_guess(x, t, actions, prob):
    score = []
    for action, p in zip(actions, prob):
        score.append(torch.log(p) - ((x - t * action) ** 2).sum(1) / (2 * (1 - t) ** 2))
    score = torch.stack(score, 1)
    weight = torch.exp(score - score.max(1, keepdim=True).values)
    total = sum(weight[:, j, None] * actions[j] for j in range(len(actions)))
    return total / weight.sum(1, keepdim=True)


def carry(latent, actions, prob, steps):
    x = latent.clone()
    for i in range(steps):
        t = i / steps
        velocity = (best_guess(x, t, actions, prob) - x) / (1 - t)
        x = x + velocity / steps
    return x
