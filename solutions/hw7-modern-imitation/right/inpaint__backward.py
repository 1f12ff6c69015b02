# The pull as the gradient of a squared distance, by backward().
def inpaint(velocity, noise, wanted, mask, steps, beta):
    x = noise.detach().clone()
    for t in np.arange(steps) / steps:
        point = x.clone().requires_grad_(True)
        v = velocity(point, float(t))
        miss = wanted - (point + (1 - t) * v)
        (-0.5 * mask * miss**2).sum().backward()
        spread = (1 - t) ** 2 / (t**2 + (1 - t) ** 2)
        gain = beta if t == 0 else min((1 - t) / (t * spread), beta)
        x = (x + (v.detach() + gain * point.grad) / steps).float()
    return x.numpy()
