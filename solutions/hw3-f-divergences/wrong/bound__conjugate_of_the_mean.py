# f* of the mean of T.
def bound(critic, f_star, expert, learner):
    gain = torch.as_tensor(critic(expert))
    price = torch.as_tensor(f_star(critic(learner)))
    error = (gain.var() / len(gain) + price.var() / len(price)).sqrt()
    return float(
        gain.mean() - torch.as_tensor(f_star(torch.as_tensor(critic(learner)).mean()[None]))[0]
    ), float(error)
