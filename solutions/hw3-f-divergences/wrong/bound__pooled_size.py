# Divides both variances by the size of both samples together.
def bound(critic, conjugate, expert, learner):
    gain = torch.as_tensor(critic(expert))
    price = torch.as_tensor(conjugate(critic(learner)))
    error = ((gain.var() + price.var()) / (len(gain) + len(price))).sqrt()
    return float(gain.mean() - price.mean()), float(error)
