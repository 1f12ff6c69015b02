# Draws from the cube and rejects what lies outside the ball.
def step_unit(obs):
    return torch.diff(obs, dim=1).flatten(0, 1).pow(2).mean(0).pow(0.5)


def corrective_labels(f, obs, act, unit, trust, copies, seed):
    eps, eps1, eps2 = trust
    rng, d = np.random.default_rng(seed), act.shape[2]
    near = np.repeat(np.asarray(obs)[:, :-1].reshape(-1, obs.shape[2]), copies, axis=0)
    target = np.repeat(np.asarray(obs)[:, 1:].reshape(-1, obs.shape[2]), copies, axis=0)
    clean = np.repeat(np.asarray(act)[:, :-1].reshape(-1, d), copies, axis=0)
    offset = rng.uniform(-1, 1, size=clean.shape)
    while (outside := np.linalg.norm(offset, axis=1) > 1).any():
        offset[outside] = rng.uniform(-1, 1, size=(outside.sum(), d))
    tried = torch.tensor(clean + eps2 * offset).float()
    goal = torch.tensor(target).float()
    state = goal - f(goal, tried)
    reached = np.asarray(state + f(state, tried))
    lands = np.linalg.norm((reached - target) / np.asarray(unit), axis=1)
    away = np.linalg.norm((np.asarray(state) - near) / np.asarray(unit), axis=1)
    keep = (lands <= eps) & (away <= eps1)
    return np.asarray(state)[keep], np.asarray(tried)[keep]
