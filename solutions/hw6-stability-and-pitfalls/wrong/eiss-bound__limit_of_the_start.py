# Sums rho, rho^2, ... and leaves the newest error out.
def eiss_bound(C, rho, start, inputs):
    reach, rows = C * start, []
    for gap in inputs.T:
        reach = rho * reach + C * gap
        rows.append(reach)
    return np.array(rows).T


def settled(C, rho, delta):
    return C * delta * rho / (1 - rho)
