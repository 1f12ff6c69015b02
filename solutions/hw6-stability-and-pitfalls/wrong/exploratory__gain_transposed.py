# The gain lies on its side.
def explore(A, B, K, starts, noise):
    x, states, acts = starts, [], []
    for t in range(noise.shape[1]):
        act = x @ K.T
        states.append(x)
        acts.append(act)
        x = x @ A.T + (act + noise[:, t]) @ B.T
    return np.stack(states, 1), np.stack(acts, 1)


def clone(states, acts):
    x, u = states.reshape(-1, states.shape[2]), acts.reshape(-1, acts.shape[2])
    return np.linalg.lstsq(x, u, rcond=None)[0]


def spread(states):
    x = states.reshape(-1, states.shape[2])
    return math.sqrt(max(0.0, np.linalg.eigvalsh(x.T @ x / len(x))[0]))


def safe_error(C, rho, sigma):
    return sigma * (1 - rho) / C
