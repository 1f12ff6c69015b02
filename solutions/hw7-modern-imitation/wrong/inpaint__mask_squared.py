# Applies the mask twice.
def inpaint(velocity, noise, wanted, mask, steps, beta):
    x = noise
    for i in range(steps):
        t = i / steps
        x = x.detach().requires_grad_()
        v = velocity(x, t)
        heading = x + (1 - t) * v
        pull = (mask * mask * (wanted - heading)).detach()
        (bend,) = torch.autograd.grad(heading, x, pull)
        gain = beta if i == 0 else min((t**2 + (1 - t) ** 2) / (t * (1 - t)), beta)
        x = (x + (v + gain * bend) / steps).detach()
    return x
