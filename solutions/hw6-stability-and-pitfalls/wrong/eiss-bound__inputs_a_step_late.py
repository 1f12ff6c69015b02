# An input error shows one step later than it should.
def eiss_bound(C, rho, start, inputs):
    reach, rows = C * start, []
    for gap in inputs.T:
        reach = rho * reach
        rows.append(reach)
        reach = reach + C * gap
    return np.array(rows).T


def settled(C, rho, delta):
    return C * delta / (1 - rho)
