# Sliding windows over padded rows, as floats.
def in_control(alarm, hold):
    early = torch.zeros(len(alarm), hold)
    return torch.cat([early, alarm.float()], 1).unfold(1, hold + 1, 1).amax(2)


def takeovers(control):
    before = torch.cat([torch.zeros(len(control), 1), control.float()[:, :-1]], 1)
    return ((control.float() - before) > 0).sum(1)


def blamed(control, blame):
    late = torch.zeros(len(control), blame)
    soon = torch.cat([control.float(), late], 1).unfold(1, blame + 1, 1).amax(2)
    return soon * (1 - control.float())
