# Bernoulli draws, and a mask that overwrites rows.
def wheel(expert_act, learner_act, beta, generator):
    heads = torch.full((len(expert_act),), float(beta)).bernoulli(generator=generator).bool()
    act = learner_act.clone()
    act[heads] = expert_act[heads]
    return act


def schedule_price(betas, horizon):
    return torch.tensor(betas).mul(horizon).clamp(max=1).mean()
