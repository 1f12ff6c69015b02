# Asks the critic once, for both samples together.
def bound(critic, f_star, expert, learner):
    slopes = torch.as_tensor(critic(torch.cat([expert, learner])))
    gain, price = slopes[: len(expert)], torch.as_tensor(f_star(slopes[len(expert) :]))
    error = torch.sqrt(gain.var() / len(gain) + price.var() / len(price))
    return gain.mean() - price.mean(), error
