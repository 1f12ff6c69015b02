# Computes the loss and forgets to return it.
def squared_error(pred, act):
    ((pred - act) ** 2).sum(-1)


def squared_error_grad(pred, act):
    return 2 * (pred - act) / len(pred)
