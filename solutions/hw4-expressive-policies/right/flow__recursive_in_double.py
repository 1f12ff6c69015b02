# In double; Euler by recursion on the steps that are left.
def flow_loss(velocity, act, noise, t):
    line = act.double() - noise.double()
    off = velocity((noise + t[:, None] * line).float(), t) - line
    return torch.einsum("nd,nd->n", off, off)


def euler(velocity, noise, steps):
    def onward(x, i):
        if i == steps:
            return x
        return onward(x + velocity(x, torch.ones(len(x)) * i / steps) * (1 / steps), i + 1)

    return onward(noise, 0)
