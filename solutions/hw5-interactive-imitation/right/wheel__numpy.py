# NumPy, one coin after the other.
def wheel(expert_act, learner_act, beta, generator):
    coins = torch.rand(len(expert_act), generator=generator, dtype=torch.float64).tolist()
    rows = [e if c < beta else a for c, e, a in zip(coins, expert_act, learner_act)]
    return np.stack([np.asarray(row) for row in rows])


def schedule_price(betas, horizon):
    return np.minimum(1, horizon * np.asarray(betas)).mean()
