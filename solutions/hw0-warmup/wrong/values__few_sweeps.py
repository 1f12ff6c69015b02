# Iterates a hundred times.
def policy_values(p, cost, pi, gamma):
    chain, paid = np.einsum("sa,saz->sz", pi, p), (pi * cost).sum(1)
    value = np.zeros(len(paid))
    for _ in range(100):
        value = paid + gamma * chain @ value
    return value, cost + gamma * p @ value


def objective(p, cost, rho0, pi, gamma):
    return float(rho0 @ policy_values(p, cost, pi, gamma)[0])
