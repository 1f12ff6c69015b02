# torch.func.vjp.
def inpaint(velocity, noise, wanted, mask, steps, beta):
    x = noise
    for i in range(steps):
        t = i / steps
        heading, back = torch.func.vjp(lambda point, t=t: point + (1 - t) * velocity(point, t), x)
        gain = beta if i == 0 else min(1 / (t * (1 - t)) - 2, beta)
        x = x + ((heading - x) / (1 - t) + gain * back(mask * (wanted - heading))[0]) / steps
    return x
