# Computes v before gradients are recorded: the Jacobian is the identity.
def inpaint(velocity, noise, wanted, mask, steps, beta):
    x = noise
    for i in range(steps):
        t = i / steps
        v = velocity(x, t).detach()
        x = x.detach().requires_grad_()
        heading = x + (1 - t) * v
        (pull,) = torch.autograd.grad(heading, x, mask * (wanted - heading).detach())
        gain = beta if t == 0 else min((t**2 + (1 - t) ** 2) / (t * (1 - t)), beta)
        x = x + (v + gain * pull) / steps
    return x.detach()
