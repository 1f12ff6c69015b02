# Masks and a copy, written into; noise by normal.
class Ferry(il.Env):
    obs_space, act_space = il.Box((2,)), il.Box((1,), -1.0, 1.0)
    horizon = 12

    def __init__(self, noise=0.02):
        self.noise = noise

    def reset(self, n, generator):
        state = torch.zeros(n, 3)
        state[:, 1].uniform_(-0.5, 0.5, generator=generator)
        state[:, 2].uniform_(0, CURRENT, generator=generator)
        return state

    def observe(self, state):
        return state[..., [0, 1]]

    def step(self, state, act, generator):
        new, out = state.clone(), state[:, 0] < 1
        noise = torch.normal(0.0, 1.0, (len(state),), generator=generator)[out]
        x, _, u = state[out].T
        new[out, 1] += 4 * x * (1 - x) * u + 0.25 * act[out, 0].clip(-1, 1) + self.noise * noise
        new[out, 0] += 0.125
        return new, torch.minimum(torch.ones(len(new)), new[:, 1].square())
