# The velocity from action to noise.
def flow_loss(velocity, act, noise, t):
    place = t[:, None] * act + (1 - t[:, None]) * noise
    return ((velocity(place, t) - (noise - act)) ** 2).sum(-1)


def euler(velocity, noise, steps):
    x = noise
    for i in range(steps):
        x = x + velocity(x, torch.full((len(x),), i / steps)) / steps
    return x
