# Logarithms to base 10.
def labels_needed(cost, horizon, policies, delta):
    return math.ceil(horizon**2 * math.log10(policies / delta) / cost)


def demonstrations_needed(cost, most, policies, delta):
    return math.ceil(most * math.log10(policies / delta) / cost)


def labels_for(errors, tolerance, delta):
    bad = np.asarray(errors)[np.asarray(errors) > tolerance]
    m = 0
    while ((1 - bad) ** m).sum() > delta:
        m += 1
    return m
