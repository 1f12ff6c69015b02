# The second form with the sign of the first, roles exchanged.
def learner_form(p, c, pi, star, rho):
    where = occupancy(p, pi, rho)[..., None]
    return (where * (pi - star) * q_values(p, c, star)).sum((1, 2))


def expert_form(p, c, pi, star, rho):
    where = occupancy(p, star, rho)[..., None]
    return (where * (star - pi) * q_values(p, c, pi)).sum((1, 2))
