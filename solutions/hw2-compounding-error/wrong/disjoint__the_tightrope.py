# Independent mistakes: below the bound.
def worst_process(eps, horizon):
    p, _, rho, pi, _ = tightrope(eps, horizon)
    return p, rho, pi
