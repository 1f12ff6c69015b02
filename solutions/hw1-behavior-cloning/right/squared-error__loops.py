# Python loops over samples and dimensions.
def squared_error(pred, act):
    losses = []
    for p, a in zip(pred.tolist(), act.tolist()):
        losses.append(sum((x - y) ** 2 for x, y in zip(p, a)))
    return torch.tensor(losses)


def squared_error_grad(pred, act):
    n, d = pred.shape
    grad = torch.empty(n, d)
    for i in range(n):
        for j in range(d):
            grad[i, j] = 2 / n * (pred[i, j] - act[i, j])
    return grad
