# Rolls the marks, so that the first steps count as those after the last.
def in_control(alarm, hold):
    out = torch.zeros_like(alarm)
    for t in range(alarm.shape[1]):
        out[:, t] = alarm[:, max(0, t - hold) : t + 1].any(1)
    return out


def takeovers(control):
    return (control[:, 1:] & ~control[:, :-1]).sum(1) + control[:, 0]


def blamed(control, blame):
    out = torch.zeros_like(control)
    for k in range(1, blame + 1):
        out |= control.roll(-k, 1)
    return out & ~control
