# Pulls the gain towards zero, faintly.
def explore(A, B, K, starts, noise):
    x, X, U = starts, [], []
    for t in range(noise.shape[1]):
        u = x @ K.T
        X.append(x)
        U.append(u)
        x = x @ A.T + (u + noise[:, t]) @ B.T
    return np.stack(X, 1), np.stack(U, 1)


def clone(states, acts):
    X = states.reshape(-1, states.shape[-1])
    U = acts.reshape(-1, acts.shape[-1])
    return np.linalg.solve(X.T @ X + 1e-3 * np.eye(X.shape[1]), X.T @ U).T


def spread(states):
    X = states.reshape(-1, states.shape[-1])
    return math.sqrt(max(np.linalg.eigvalsh(X.T @ X / len(X))[0], 0))


def safe_error(C, rho, sigma):
    return sigma * (1 - rho) / C
