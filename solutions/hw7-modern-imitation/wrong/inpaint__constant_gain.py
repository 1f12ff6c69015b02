# The gain is beta at all times.
def inpaint(velocity, noise, wanted, mask, steps, beta):
    x = noise
    for i in range(steps):
        t = i / steps
        x = x.detach().requires_grad_()
        v = velocity(x, t)
        heading = x + (1 - t) * v
        (pull,) = torch.autograd.grad(heading, x, mask * (wanted - heading).detach())
        gain = beta
        x = x + (v + gain * pull) / steps
    return x.detach()
