# Forgets 2 / n: right by chance for two samples.
def squared_error(pred, act):
    return ((pred - act) ** 2).sum(-1)


def squared_error_grad(pred, act):
    return pred - act
