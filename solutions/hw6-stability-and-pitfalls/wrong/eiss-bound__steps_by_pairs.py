# Returns [H, n]: the axes exchanged.
def eiss_bound(C, rho, start, inputs):
    reach, rows = C * start, []
    for gap in inputs.T:
        reach = rho * reach + C * gap
        rows.append(reach)
    return np.array(rows)


def settled(C, rho, delta):
    return C * delta / (1 - rho)
