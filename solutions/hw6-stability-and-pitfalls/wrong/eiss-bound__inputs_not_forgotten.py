# Adds input errors up and forgets the start alone.
def eiss_bound(C, rho, start, inputs):
    t = np.arange(1, inputs.shape[1] + 1)
    return C * start[:, None] * rho**t + C * inputs.cumsum(1)


def settled(C, rho, delta):
    return C * delta / (1 - rho)
