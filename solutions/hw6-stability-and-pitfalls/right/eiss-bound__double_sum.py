# The double sum as it stands.
def eiss_bound(C, rho, start, inputs):
    n, H = inputs.shape
    out = np.zeros((n, H))
    for i in range(n):
        for t in range(1, H + 1):
            total = rho**t * start[i]
            for k in range(1, t + 1):
                total += rho ** (t - k) * inputs[i, k - 1]
            out[i, t - 1] = C * total
    return out


def settled(C, rho, delta):
    return sum(C * delta * rho**j for j in range(5000))
