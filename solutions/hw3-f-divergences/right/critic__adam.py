# Many steps of Adam on all data, with a rate that falls.
def fit_critic(expert, learner, known_expert, known_learner):
    w = torch.zeros(expert.shape[1], dtype=torch.float64, requires_grad=True)
    optimiser, steps = torch.optim.Adam([w], lr=0.1, betas=(0.9, 0.99)), 4000
    target = learner.mean(0)
    for step in range(steps):
        optimiser.param_groups[0]["lr"] = 0.1 * (1 - step / steps)
        weight = torch.exp(-known_expert - (expert @ w).detach()).clamp(max=1e6)
        w.grad = target - (weight[:, None] * expert).mean(0)
        optimiser.step()
    return w
