# Multiplies by J instead of its transpose.
def inpaint(velocity, noise, wanted, mask, steps, beta):
    x = noise
    for i in range(steps):
        t = i / steps
        x = x.detach().requires_grad_()
        v = velocity(x, t)
        heading = x + (1 - t) * v
        away = mask * (wanted - heading).detach()
        jac = torch.func.vmap(
            torch.func.jacrev(lambda row, t=t: row + (1 - t) * velocity(row[None], t)[0])
        )
        pull = torch.einsum("nij,nj->ni", jac(x.detach()), away)
        gain = beta if t == 0 else min((t**2 + (1 - t) ** 2) / (t * (1 - t)), beta)
        x = x + (v + gain * pull) / steps
    return x.detach()
