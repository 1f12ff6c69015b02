# Counts the start in full at t = 1: one power of rho too few.
def eiss_bound(C, rho, start, inputs):
    reach, bounds = C * start / rho, []
    for apart in inputs.T:
        reach = rho * reach + C * apart
        bounds.append(reach)
    return np.stack(bounds, 1)


def settled(C, rho, delta):
    return C * delta / (1 - rho)
