# Newton steps, halved while they do not raise the bound.
def fit_critic(expert, learner, known_expert, known_learner):
    target, w = learner.mean(0), torch.zeros(expert.shape[1], dtype=torch.float64)

    def bound(w):
        return -torch.exp(-known_expert - expert @ w).mean() - target @ w

    for _ in range(100):
        weight = torch.exp(-known_expert - expert @ w)
        slope = (weight[:, None] * expert).mean(0) - target
        curve = expert.T @ (weight[:, None] * expert) / len(expert)
        step = torch.linalg.lstsq(curve, slope[:, None]).solution[:, 0]
        while bound(w + step) < bound(w) and step.abs().max() > 1e-12:
            step = step / 2
        w = w + step
    return w
