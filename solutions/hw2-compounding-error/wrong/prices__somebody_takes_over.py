# A policy that draws its actions blindly acts after the mistake.
def recoverability(p, c, expert, horizon):
    actions = c.shape[1]
    q = q_values(p, c, np.full((horizon, len(c), actions), 1 / actions))
    value = q[:, np.arange(len(expert)), expert]
    return (q - value[..., None]).max()


def learner_prices(p, c, pi, expert, rho):
    q = q_values(p, c, pi)
    price = (q - q[:, np.arange(len(expert)), expert][..., None]).max(2)
    visited = occupancy(p, as_policy(expert, len(pi), c.shape[1]), rho) > 0
    return np.where(visited, price, -np.inf).max(1)


def price_bound(p, c, pi, expert, rho):
    shown = occupancy(p, as_policy(expert, len(pi), c.shape[1]), rho)
    error = (shown * (1 - pi[:, np.arange(len(expert)), expert])).sum(1)
    return learner_prices(p, c, pi, expert, rho) @ error
