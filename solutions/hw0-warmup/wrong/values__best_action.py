# The values of the best policy.
def policy_values(p, cost, pi, gamma):
    value = np.zeros(len(cost))
    for _ in range(5000):
        value = (cost + gamma * p @ value).min(1)
    return value, cost + gamma * p @ value


def objective(p, cost, rho0, pi, gamma):
    return float(rho0 @ policy_values(p, cost, pi, gamma)[0])
