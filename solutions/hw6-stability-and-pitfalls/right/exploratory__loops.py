# Episode by episode, the pseudo-inverse, singular values.
def explore(A, B, K, starts, noise):
    states, acts = [], []
    for x, pushes in zip(starts, noise):
        seen, done = [], []
        for w in pushes:
            u = K @ x
            seen.append(x)
            done.append(u)
            x = A @ x + B @ (u + w)
        states.append(seen)
        acts.append(done)
    return np.array(states), np.array(acts)


def clone(states, acts):
    x, u = np.concatenate(states), np.concatenate(acts)
    return (np.linalg.pinv(x) @ u).T


def spread(states):
    x = np.concatenate(states)
    return np.linalg.svd(x, compute_uv=False).min() / np.sqrt(len(x))


def safe_error(C, rho, sigma):
    return (sigma - sigma * rho) / C
