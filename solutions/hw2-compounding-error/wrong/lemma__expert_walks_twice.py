# Both forms walk with the expert.
def learner_form(p, c, pi, star, rho):
    where = occupancy(p, star, rho)[..., None]
    return (where * (pi - star) * q_values(p, c, star)).sum((1, 2))


def expert_form(p, c, pi, star, rho):
    where = occupancy(p, star, rho)[..., None]
    return (where * (pi - star) * q_values(p, c, pi)).sum((1, 2))
