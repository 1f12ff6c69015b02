# Counters, step by step.
def in_control(alarm, hold):
    control = np.zeros(alarm.shape, dtype=bool)
    for i, row in enumerate(alarm.tolist()):
        left = -1
        for t, alarmed in enumerate(row):
            left = hold if alarmed else left - 1
            control[i, t] = left >= 0
    return control


def takeovers(control):
    counts = []
    for row in control.tolist():
        before, count = False, 0
        for mine in row:
            count += mine and not before
            before = mine
        counts.append(count)
    return counts


def blamed(control, blame):
    rows = control.tolist()
    return [
        [not mine and any(row[t + 1 : t + 1 + blame]) for t, mine in enumerate(row)] for row in rows
    ]
