# Compares the costs of a step, not what follows.
def learner_form(p, c, pi, star, rho):
    where = occupancy(p, pi, rho)[..., None]
    return (where * (pi - star) * q_values(p, c, star)).sum((1, 2))


def expert_form(p, c, pi, star, rho):
    where = occupancy(p, star, rho)[..., None]
    return (where * (pi - star) * c).sum((1, 2))
