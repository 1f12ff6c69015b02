# torch's L-BFGS on the sampled bound, gradients by automatic differentiation.
def fit_critic(expert, learner, known_expert, known_learner):
    w = torch.zeros(expert.shape[1], dtype=torch.float64, requires_grad=True)
    how = {"max_iter": 500, "tolerance_grad": 1e-8, "line_search_fn": "strong_wolfe"}
    optimiser = torch.optim.LBFGS([w], **how)

    def closure():
        optimiser.zero_grad()
        value = known_expert + expert @ w
        loss = torch.exp(-value).mean() + (known_learner + learner @ w).mean()
        loss.backward()
        return loss

    optimiser.step(closure)
    return w.detach()
