# Sums by hand.
def bound(critic, f_star, expert, learner):
    sides = [critic(expert).tolist(), f_star(critic(learner)).tolist()]
    means = [sum(side) / len(side) for side in sides]
    parts = [
        sum((x - m) ** 2 for x in side) / (len(side) - 1) / len(side)
        for side, m in zip(sides, means)
    ]
    return torch.tensor([means[0] - means[1], math.sqrt(sum(parts))])
