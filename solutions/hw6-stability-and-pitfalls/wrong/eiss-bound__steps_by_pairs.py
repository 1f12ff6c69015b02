# Returns [H, n]: the axes exchanged.
def eiss_bound(C, rho, start, inputs):
    reach, bounds = C * start, []
    for apart in inputs.T:
        reach = rho * reach + C * apart
        bounds.append(reach)
    return np.array(bounds)


def settled(C, rho, delta):
    return C * delta / (1 - rho)
