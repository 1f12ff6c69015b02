# T on the learner's actions, f* on the expert's.
def bound(critic, f_star, expert, learner):
    gain = torch.as_tensor(critic(1 * learner))
    price = torch.as_tensor(f_star(critic(expert)))
    error = (gain.var() / len(gain) + price.var() / len(price)).sqrt()
    return float(gain.mean() - price.mean()), float(error)
