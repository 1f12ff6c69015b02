# The gradient by automatic differentiation of the mean.
def squared_error(pred, act):
    return torch.linalg.vector_norm(pred - act, dim=1).square()


def squared_error_grad(pred, act):
    pred = pred.detach().clone().requires_grad_()
    (grad,) = torch.autograd.grad(((pred - act) ** 2).sum(1).mean(), pred)
    return grad
