# Densities by hand, and log q attached: its score has the mean zero.
def game_losses(critic, frozen, mean, log_std, expert, noise, blur):
    variance = log_std.exp() ** 2 + blur**2
    fake, real = mean + variance.sqrt() * noise[0], expert + blur * noise[1]

    def log_q(act, mean, variance):
        each = (act - mean) ** 2 / variance + torch.log(2 * math.pi * variance)
        return -0.5 * each.sum(1)

    known = mean.detach(), variance.detach()
    ratio = torch.exp(log_q(real, *known) - critic(real))  # q / p, if the critic is right
    played = fake.detach()
    first = ratio + critic(played) - log_q(played, *known) - 1
    second = 1 - frozen(fake) + log_q(fake, mean, variance)
    return first, second
