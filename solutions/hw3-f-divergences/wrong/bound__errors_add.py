# Adds standard errors instead of variances.
def bound(critic, f_star, expert, learner):
    gain = torch.as_tensor(critic(expert))
    price = torch.as_tensor(f_star(critic(learner)))
    error = (gain.var() / len(gain)).sqrt() + (price.var() / len(price)).sqrt()
    return float(gain.mean() - price.mean()), float(error)
