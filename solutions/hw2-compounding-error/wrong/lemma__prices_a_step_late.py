# Takes Q of the next step.
def learner_form(p, c, pi, star, rho):
    where = occupancy(p, pi, rho)[..., None]
    return (where * (pi - star) * np.roll(q_values(p, c, star), -1, axis=0)).sum((1, 2))


def expert_form(p, c, pi, star, rho):
    where = occupancy(p, star, rho)[..., None]
    return (where * (pi - star) * q_values(p, c, pi)).sum((1, 2))
