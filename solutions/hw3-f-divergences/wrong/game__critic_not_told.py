# The game as first proposed: V = N, without the learner's density.
def game_losses(critic, frozen, mean, log_std, expert, noise, blur):
    std = (torch.exp(2 * log_std) + blur**2).sqrt()
    fake = mean + std * noise[0]
    real = expert + blur * noise[1]

    def value(network, act):
        return network(act)

    judged = torch.exp(-value(critic, real)) + value(critic, fake.detach()) - 1
    return judged, 1 - value(frozen, fake)
