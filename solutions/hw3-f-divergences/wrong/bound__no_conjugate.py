# T on both sides: a difference of means.
def bound(critic, f_star, expert, learner):
    gain = torch.as_tensor(critic(expert))
    price = torch.as_tensor(critic(learner))
    error = (gain.var() / len(gain) + price.var() / len(price)).sqrt()
    return float(gain.mean() - price.mean()), float(error)
