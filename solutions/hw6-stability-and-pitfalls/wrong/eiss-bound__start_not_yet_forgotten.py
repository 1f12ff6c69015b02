# Counts the start in full at t = 1: one power of rho too few.
def eiss_bound(C, rho, start, inputs):
    reach, rows = C * start / rho, []
    for gap in inputs.T:
        reach = rho * reach + C * gap
        rows.append(reach)
    return np.array(rows).T


def settled(C, rho, delta):
    return C * delta / (1 - rho)
