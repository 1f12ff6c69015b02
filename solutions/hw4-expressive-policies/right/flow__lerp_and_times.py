# torch.lerp, and times from linspace.
def flow_loss(velocity, act, noise, t):
    place = torch.lerp(noise, act, t.unsqueeze(1))
    return nn.functional.mse_loss(velocity(place, t), act - noise, reduction="none").sum(1)


def euler(velocity, noise, steps):
    x = noise.clone()
    for t in torch.linspace(0, 1, steps + 1)[:-1]:
        x += velocity(x, t.expand(len(x))) / steps
    return x
