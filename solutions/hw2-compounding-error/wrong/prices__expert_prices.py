# The expert acts after the learner's mistake.
def recoverability(p, c, expert, horizon):
    q = q_values(p, c, as_policy(expert, horizon, c.shape[1]))
    value = q[:, np.arange(len(expert)), expert]
    return (q - value[..., None]).max()


def learner_prices(p, c, pi, expert, rho):
    q = q_values(p, c, as_policy(expert, len(pi), c.shape[1]))
    price = (q - q[:, np.arange(len(expert)), expert][..., None]).max(2)
    visited = occupancy(p, as_policy(expert, len(pi), c.shape[1]), rho) > 0
    return np.where(visited, price, -np.inf).max(1)


def price_bound(p, c, pi, expert, rho):
    shown = occupancy(p, as_policy(expert, len(pi), c.shape[1]), rho)
    error = (shown * (1 - pi[:, np.arange(len(expert)), expert])).sum(1)
    return learner_prices(p, c, pi, expert, rho) @ error
