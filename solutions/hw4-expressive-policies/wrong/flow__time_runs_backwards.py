# The line from action to noise.
def flow_loss(velocity, act, noise, t):
    place = (1 - t[:, None]) * act + t[:, None] * noise
    return ((velocity(place, t) - (act - noise)) ** 2).sum(-1)


def euler(velocity, noise, steps):
    x = noise
    for i in range(steps):
        x = x + velocity(x, torch.full((len(x),), i / steps)) / steps
    return x
