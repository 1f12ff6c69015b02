# An input error shows one step later than it should.
def eiss_bound(C, rho, start, inputs):
    reach, bounds = C * start, []
    for apart in inputs.T:
        reach = rho * reach
        bounds.append(reach)
        reach = reach + C * apart
    return np.stack(bounds, 1)


def settled(C, rho, delta):
    return C * delta / (1 - rho)
