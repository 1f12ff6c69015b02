# A coin for each number of an action.
def wheel(expert_act, learner_act, beta, generator):
    heads = torch.rand(expert_act.shape, generator=generator) < beta
    return torch.where(heads, expert_act, learner_act)


def schedule_price(betas, horizon):
    return sum(min(1.0, horizon * beta) for beta in betas) / len(betas)
