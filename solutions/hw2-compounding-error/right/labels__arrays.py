# Rounded up by NumPy and torch; all numbers of labels at once.
def labels_needed(cost, horizon, policies, delta):
    return int(np.ceil(horizon**2 * np.log(policies / delta) / cost))


def demonstrations_needed(cost, most, policies, delta):
    need = most * math.log(policies / delta) / cost
    return torch.ceil(torch.tensor(need, dtype=torch.float64))


def labels_for(errors, tolerance, delta):
    errors = np.array(errors, dtype=float)
    bad = errors[errors > tolerance]
    if not len(bad):
        return 0
    enough = math.ceil(math.log(len(bad) / delta) / bad.min()) + 1
    left = ((1 - bad) ** np.arange(enough + 1)[:, None]).sum(1)
    return int((left <= delta).argmax())
