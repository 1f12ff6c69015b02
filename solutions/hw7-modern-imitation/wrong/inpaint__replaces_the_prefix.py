# Overwrites the decided entries at the end.
def inpaint(velocity, noise, wanted, mask, steps, beta):
    x = noise
    for i in range(steps):
        x = x + velocity(x, i / steps) / steps
    return torch.where(mask == 1, wanted, x).detach()
