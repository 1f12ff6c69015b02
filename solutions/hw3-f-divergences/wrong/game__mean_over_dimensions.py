# Averages the log-density over the dimensions of an action.
def game_losses(critic, frozen, mean, log_std, expert, noise, blur):
    std = (torch.exp(2 * log_std) + blur**2).sqrt()
    fake = mean + std * noise[0]
    real = expert + blur * noise[1]
    blurred = torch.distributions.Normal(mean.detach(), std.detach())

    def value(network, act):
        return network(act) - blurred.log_prob(act).mean(-1)

    judged = torch.exp(-value(critic, real)) + value(critic, fake.detach()) - 1
    return judged, 1 - value(frozen, fake)
