# The limit of a single error instead of errors at every step.
def eiss_bound(C, rho, start, inputs):
    reach, rows = C * start, []
    for gap in inputs.T:
        reach = rho * reach + C * gap
        rows.append(reach)
    return np.array(rows).T


def settled(C, rho, delta):
    return C * delta
