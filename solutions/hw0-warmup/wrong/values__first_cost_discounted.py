# Discounts the first cost as well.
def policy_values(p, cost, pi, gamma):
    chain, paid = np.einsum("sa,saz->sz", pi, p), (pi * cost).sum(1)
    value = np.linalg.solve(np.eye(len(paid)) - gamma * chain, paid)
    value = gamma * value
    return value, cost + gamma * p @ value


def objective(p, cost, rho0, pi, gamma):
    return float(rho0 @ policy_values(p, cost, pi, gamma)[0])
