# The limit of a single error instead of errors at every step.
def eiss_bound(C, rho, start, inputs):
    reach, bounds = C * start, []
    for apart in inputs.T:
        reach = rho * reach + C * apart
        bounds.append(reach)
    return np.stack(bounds, 1)


def settled(C, rho, delta):
    return C * delta
