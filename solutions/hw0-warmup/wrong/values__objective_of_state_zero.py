# The value of state 0 for the objective.
def policy_values(p, cost, pi, gamma):
    chain, paid = np.einsum("sa,saz->sz", pi, p), (pi * cost).sum(1)
    value = np.linalg.solve(np.eye(len(paid)) - gamma * chain, paid)
    return value, cost + gamma * p @ value


def objective(p, cost, rho0, pi, gamma):
    return float(policy_values(p, cost, pi, gamma)[0][0])
