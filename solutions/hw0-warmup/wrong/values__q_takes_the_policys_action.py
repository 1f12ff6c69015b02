# Q averages its own action over the policy.
def policy_values(p, cost, pi, gamma):
    chain, paid = np.einsum("sa,saz->sz", pi, p), (pi * cost).sum(1)
    value = np.linalg.solve(np.eye(len(paid)) - gamma * chain, paid)
    return value, np.repeat(value[:, None], pi.shape[1], 1)


def objective(p, cost, rho0, pi, gamma):
    return float(rho0 @ policy_values(p, cost, pi, gamma)[0])
