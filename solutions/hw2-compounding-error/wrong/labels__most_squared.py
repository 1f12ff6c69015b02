# The square of an episode's largest cost.
def labels_needed(cost, horizon, policies, delta):
    return math.ceil(horizon**2 * math.log(policies / delta) / cost)


def demonstrations_needed(cost, most, policies, delta):
    return math.ceil(most**2 * math.log(policies / delta) / cost)


def labels_for(errors, tolerance, delta):
    bad = np.asarray(errors)[np.asarray(errors) > tolerance]
    m = 0
    while ((1 - bad) ** m).sum() > delta:
        m += 1
    return m
