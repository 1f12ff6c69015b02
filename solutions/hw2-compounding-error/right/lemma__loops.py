# Values first, then loops over steps, states and actions.
def terms(p, c, walker, chooser, pricer, rho):
    d, q = occupancy(p, walker, rho), q_values(p, c, pricer)
    horizon, states, actions = q.shape
    out = []
    for t in range(horizon):
        term = 0.0
        for s in range(states):
            value = sum(pricer[t, s, a] * q[t, s, a] for a in range(actions))
            term += d[t, s] * sum(chooser[t, s, a] * (q[t, s, a] - value) for a in range(actions))
        out.append(term)
    return out


def learner_form(p, c, pi, star, rho):
    return terms(p, c, pi, pi, star, rho)


def expert_form(p, c, pi, star, rho):
    return [-x for x in terms(p, c, star, star, pi, rho)]
