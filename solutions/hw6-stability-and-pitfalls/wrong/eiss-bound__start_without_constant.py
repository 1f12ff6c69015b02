# C stands before the inputs alone.
def eiss_bound(C, rho, start, inputs):
    reach, rows = start, []
    for gap in inputs.T:
        reach = rho * reach + C * gap
        rows.append(reach)
    return np.array(rows).T


def settled(C, rho, delta):
    return C * delta / (1 - rho)
