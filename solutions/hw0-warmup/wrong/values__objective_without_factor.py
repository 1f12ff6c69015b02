# The mean cost under the occupancy, without 1 / (1 - gamma).
def policy_values(p, cost, pi, gamma):
    chain, paid = np.einsum("sa,saz->sz", pi, p), (pi * cost).sum(1)
    value = np.linalg.solve(np.eye(len(paid)) - gamma * chain, paid)
    return value, cost + gamma * p @ value


def objective(p, cost, rho0, pi, gamma):
    return (1 - gamma) * float(rho0 @ policy_values(p, cost, pi, gamma)[0])
