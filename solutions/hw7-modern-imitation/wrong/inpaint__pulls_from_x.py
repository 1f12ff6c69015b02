# Pulls from the present point instead of the heading.
def inpaint(velocity, noise, wanted, mask, steps, beta):
    x = noise
    for i in range(steps):
        t = i / steps
        x = x.detach().requires_grad_()
        v = velocity(x, t)
        heading = x + (1 - t) * v
        (pull,) = torch.autograd.grad(heading, x, mask * (wanted - x).detach())
        gain = beta if t == 0 else min((t**2 + (1 - t) ** 2) / (t * (1 - t)), beta)
        x = x + (v + gain * pull) / steps
    return x.detach()
