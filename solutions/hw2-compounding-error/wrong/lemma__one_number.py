# The sum instead of its terms.
def learner_form(p, c, pi, star, rho):
    where = occupancy(p, pi, rho)[..., None]
    return (where * (pi - star) * q_values(p, c, star)).sum()


def expert_form(p, c, pi, star, rho):
    where = occupancy(p, star, rho)[..., None]
    return (where * (pi - star) * q_values(p, c, pi)).sum((1, 2))
