# torch in single precision.
def bound(critic, f_star, expert, learner):
    gain = torch.as_tensor(critic(expert)).float()
    price = torch.as_tensor(f_star(critic(learner))).float()
    errors = torch.stack([side.std() / len(side) ** 0.5 for side in (gain, price)])
    return torch.stack([gain.mean() - price.mean(), errors.norm()])
