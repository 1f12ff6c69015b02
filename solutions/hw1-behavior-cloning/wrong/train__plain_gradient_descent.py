# Steps along the gradient itself, without Adam's scaling.
def train(policy, obs, act, batches, lr, device="auto"):
    losses = []
    for rows in batches:
        loss = policy.loss(obs[rows], act[rows]).mean()
        grads = torch.autograd.grad(loss, list(policy.parameters()))
        with torch.no_grad():
            for parameter, grad in zip(policy.parameters(), grads):
                parameter -= lr * grad
        losses.append(loss.item())
    return losses
