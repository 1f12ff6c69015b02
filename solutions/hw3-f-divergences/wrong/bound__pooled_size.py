# Divides both variances by the size of both samples together.
def bound(critic, f_star, expert, learner):
    gain = torch.as_tensor(critic(expert))
    price = torch.as_tensor(f_star(critic(learner)))
    error = ((gain.var() + price.var()) / (len(gain) + len(price))).sqrt()
    return float(gain.mean() - price.mean()), float(error)
