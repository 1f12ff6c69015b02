# Forgets the newest input error once, too.
def eiss_bound(C, rho, start, inputs):
    reach, bounds = C * start, []
    for apart in inputs.T:
        reach = rho * (reach + C * apart)
        bounds.append(reach)
    return np.stack(bounds, 1)


def settled(C, rho, delta):
    return C * delta / (1 - rho)
