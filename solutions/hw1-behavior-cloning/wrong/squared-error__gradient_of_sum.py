# Forgets that the objective is a mean over the batch.
def squared_error(pred, act):
    return ((pred - act) ** 2).sum(-1)


def squared_error_grad(pred, act):
    return 2 * (pred - act)
