# The deviation of samples, not the error of means.
def bound(critic, f_star, expert, learner):
    gain = torch.as_tensor(critic(expert))
    price = torch.as_tensor(f_star(critic(learner)))
    error = (gain.var() + price.var()).sqrt()
    return float(gain.mean() - price.mean()), float(error)
