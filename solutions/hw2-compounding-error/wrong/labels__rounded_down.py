# One label too few.
def labels_needed(cost, horizon, policies, delta):
    return math.floor(horizon**2 * math.log(policies / delta) / cost)


def demonstrations_needed(cost, most, policies, delta):
    return math.ceil(most * math.log(policies / delta) / cost)


def labels_for(errors, tolerance, delta):
    bad = np.asarray(errors)[np.asarray(errors) > tolerance]
    m = 0
    while ((1 - bad) ** m).sum() > delta:
        m += 1
    return m
