# A sum over the rounds.
def wheel(expert_act, learner_act, beta, generator):
    heads = torch.rand(len(expert_act), generator=generator) < beta
    heads = heads.reshape(-1, *[1] * (expert_act.ndim - 1))
    return torch.where(heads, expert_act, learner_act)


def schedule_price(betas, horizon):
    return sum(min(1.0, horizon * beta) for beta in betas)
