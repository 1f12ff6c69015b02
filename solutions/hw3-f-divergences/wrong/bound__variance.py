# The variance of the estimate, not its root.
def bound(critic, f_star, expert, learner):
    gain = torch.as_tensor(critic(expert))
    price = torch.as_tensor(f_star(critic(learner)))
    error = gain.var() / len(gain) + price.var() / len(price)
    return float(gain.mean() - price.mean()), float(error)
