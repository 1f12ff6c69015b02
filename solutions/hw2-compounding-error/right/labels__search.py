# Whole numbers by doubling and halving.
def smallest(kept):
    high = 1
    while not kept(high):
        high *= 2
    low = -1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if middle >= 0 and kept(middle) else (middle, high)
    return high


def labels_needed(cost, horizon, policies, delta):
    nats = math.log(policies) - math.log(delta)
    return smallest(lambda m: horizon * horizon * nats <= cost * m)


def demonstrations_needed(cost, most, policies, delta):
    nats = math.log(policies) - math.log(delta)
    return smallest(lambda n: most * nats <= cost * n)


def labels_for(errors, tolerance, delta):
    bad = [e for e in errors if e > tolerance]
    return smallest(lambda m: sum((1 - e) ** m for e in bad) <= delta)
