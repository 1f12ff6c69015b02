# Averages over the action's dimensions instead of summing.
def squared_error(pred, act):
    return ((pred - act) ** 2).mean(-1)


def squared_error_grad(pred, act):
    return 2 * (pred - act) / len(pred)
