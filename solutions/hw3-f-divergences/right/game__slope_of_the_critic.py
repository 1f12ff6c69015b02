# The learner descends along the critic's slope, taken by autograd.grad.
def game_losses(critic, frozen, mean, log_std, expert, noise, blur):
    std = torch.hypot(log_std.exp(), torch.full_like(log_std, blur))
    fake = mean + std * noise[0]
    real = torch.add(expert, noise[1], alpha=blur)
    fixed_mean, fixed_std = mean.detach(), std.detach()

    def value(network, act):
        normal = torch.distributions.Normal(fixed_mean, fixed_std)
        density = torch.distributions.Independent(normal, 1).log_prob(act)
        return network(act) - density

    drawn = fake.detach().requires_grad_()
    price = 1 - value(frozen, drawn)
    (slope,) = torch.autograd.grad(price.sum(), drawn)
    moving = (slope * fake).sum(1)
    judged = (-value(critic, real)).exp() + value(critic, drawn.detach()) - 1
    return judged, price.detach() + moving - moving.detach()
