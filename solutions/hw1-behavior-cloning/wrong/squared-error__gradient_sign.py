# The gradient in the expert's action, not in the prediction.
def squared_error(pred, act):
    return ((pred - act) ** 2).sum(-1)


def squared_error_grad(pred, act):
    return 2 * (act - pred) / len(pred)
