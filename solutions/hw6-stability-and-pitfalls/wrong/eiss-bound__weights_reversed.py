# The oldest input counts most: weights rho^k for rho^(t - k).
def eiss_bound(C, rho, start, inputs):
    t = np.arange(1, inputs.shape[1] + 1)
    return C * start[:, None] * rho**t + C * (inputs * rho ** (t - 1)).cumsum(1)


def settled(C, rho, delta):
    return C * delta / (1 - rho)
