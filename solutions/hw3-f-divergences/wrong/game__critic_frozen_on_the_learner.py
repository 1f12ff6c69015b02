# The critic learns from the expert's actions alone.
def game_losses(critic, frozen, mean, log_std, expert, noise, blur):
    std = (torch.exp(2 * log_std) + blur**2).sqrt()

    def told(network, act):
        z = (act - mean.detach()) / std.detach()
        log_q = -(z**2) / 2 - std.detach().log() - math.log(2 * math.pi) / 2
        return network(act) - log_q.sum(1)

    act, shown = mean + std * noise[0], expert + blur * noise[1]
    judge = torch.exp(-told(critic, shown)) + told(frozen, act.detach()) - 1
    return judge, 1 - told(frozen, act)
