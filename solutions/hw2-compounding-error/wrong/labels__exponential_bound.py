# The bound exp(-e m) where the chance is known exactly.
def labels_needed(cost, horizon, policies, delta):
    return math.ceil(horizon**2 * math.log(policies / delta) / cost)


def demonstrations_needed(cost, most, policies, delta):
    return math.ceil(most * math.log(policies / delta) / cost)


def labels_for(errors, tolerance, delta):
    bad = np.asarray(errors)[np.asarray(errors) > tolerance]
    m = 0
    while np.exp(-bad * m).sum() > delta:
        m += 1
    return m
