# Takes the expert's likeliest action where the expert is random.
def learner_form(p, c, pi, star, rho):
    d, q = occupancy(p, pi, rho), q_values(p, c, star)
    value = (star * q).sum(2)
    return (d[..., None] * pi * (q - value[..., None])).sum((1, 2))


def expert_form(p, c, pi, star, rho):
    d, q = occupancy(p, star, rho), q_values(p, c, pi)
    value = (pi * q).sum(2)
    taken = np.take_along_axis(q, star.argmax(2)[..., None], 2)[..., 0]
    return (d * (value - taken)).sum(1)
