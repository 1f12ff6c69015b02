# Forgets to divide by the number of steps.
def flow_loss(velocity, act, noise, t):
    place = t[:, None] * act + (1 - t[:, None]) * noise
    return ((velocity(place, t) - (act - noise)) ** 2).sum(-1)


def euler(velocity, noise, steps):
    x = noise
    for i in range(steps):
        x = x + velocity(x, torch.full((len(x),), i / steps))
    return x
