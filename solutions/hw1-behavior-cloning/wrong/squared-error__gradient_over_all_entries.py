# Divides by n times d, as the gradient of an average over all entries would.
def squared_error(pred, act):
    return ((pred - act) ** 2).sum(-1)


def squared_error_grad(pred, act):
    return 2 * (pred - act) / pred.numel()
