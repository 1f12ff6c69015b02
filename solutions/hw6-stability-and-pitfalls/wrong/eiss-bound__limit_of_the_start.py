# Sums rho, rho^2, ... and leaves the newest error out.
def eiss_bound(C, rho, start, inputs):
    reach, bounds = C * start, []
    for apart in inputs.T:
        reach = rho * reach + C * apart
        bounds.append(reach)
    return np.stack(bounds, 1)


def settled(C, rho, delta):
    return C * delta * rho / (1 - rho)
