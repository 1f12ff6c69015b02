# The score and its derivative by automatic differentiation of the log-density.
def score_matching(mean, log_std, act):
    act = act.detach().clone().requires_grad_()
    log_density = torch.distributions.Normal(mean, log_std.exp()).log_prob(act).sum()
    (score,) = torch.autograd.grad(log_density, act, create_graph=True)
    total = 0.5 * score.square().sum(-1)
    for j in range(act.shape[1]):
        (row,) = torch.autograd.grad(score[:, j].sum(), act, create_graph=True)
        total = total + row[:, j]
    return total


def denoising(score, act, noise, tau):
    noisy = act + tau * noise
    return (
        torch.nn.functional.mse_loss(score(noisy), (act - noisy) / tau**2, reduction="none").sum(-1)
        / 2
    )
