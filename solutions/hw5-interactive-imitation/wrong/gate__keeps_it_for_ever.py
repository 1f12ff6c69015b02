# Never gives the wheel back.
def in_control(alarm, hold):
    return alarm.cummax(1).values


def takeovers(control):
    begins = control[:, 1:] & ~control[:, :-1]
    return begins.sum(1) + control[:, 0]


def blamed(control, blame):
    soon = torch.zeros_like(control)
    for early in range(1, blame + 1):
        soon[:, :-early] |= control[:, early:]
    return soon & ~control
