# Iterates until nothing changes any more; the objective as an array of one.
def policy_values(p, cost, pi, gamma):
    value = np.zeros(len(cost))
    while True:
        q = cost + gamma * np.tensordot(p, value, 1)
        new = np.sum(pi * q, axis=1)
        if np.abs(new - value).max() * gamma <= (1 - gamma) * 1e-6:
            return new, cost + gamma * np.tensordot(p, new, 1)
        value = new


def objective(p, cost, rho0, pi, gamma):
    return np.atleast_1d(rho0.dot(policy_values(p, cost, pi, gamma)[0]))
