# Arrays taken as they come: a mask of the bad policies, without a conversion first.
def labels_needed(cost, horizon, policies, delta):
    return math.ceil(horizon**2 * (math.log(policies) - math.log(delta)) / cost)


def demonstrations_needed(cost, most, policies, delta):
    return math.ceil(most * (math.log(policies) - math.log(delta)) / cost)


def labels_for(errors, tolerance, delta):
    left, m = 1 - errors[errors > tolerance], 0
    while (left**m).sum() > delta:
        m += 1
    return m
