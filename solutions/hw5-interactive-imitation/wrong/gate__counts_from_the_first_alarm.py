# New alarms during a hold do not extend it.
def in_control(alarm, hold):
    control = torch.zeros_like(alarm)
    for row, marks in zip(control, alarm):
        t = 0
        while t < len(marks):
            if marks[t]:
                row[t : t + hold + 1] = True
                t += hold
            t += 1
    return control


def takeovers(control):
    begins = control[:, 1:] & ~control[:, :-1]
    return begins.sum(1) + control[:, 0]


def blamed(control, blame):
    soon = torch.zeros_like(control)
    for early in range(1, blame + 1):
        soon[:, :-early] |= control[:, early:]
    return soon & ~control
