# C stands before the inputs alone.
def eiss_bound(C, rho, start, inputs):
    reach, bounds = start, []
    for apart in inputs.T:
        reach = rho * reach + C * apart
        bounds.append(reach)
    return np.stack(bounds, 1)


def settled(C, rho, delta):
    return C * delta / (1 - rho)
