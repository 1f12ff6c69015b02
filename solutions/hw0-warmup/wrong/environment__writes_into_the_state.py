# A step changes the state that it was given.
class Ferry(il.Env):
    obs_space, act_space = il.Box((2,)), il.Box((1,), -1.0, 1.0)
    horizon = 12

    def __init__(self, noise=0.02):
        self.noise = noise

    def reset(self, n, generator):
        y, u = torch.rand(2, n, generator=generator)
        return torch.stack([torch.zeros(n), y - 0.5, CURRENT * u], 1)

    def observe(self, state):
        return state[:, :2]

    def step(self, state, act, generator):
        x, y, u = state.unbind(1)
        z = torch.randn(len(state), generator=generator)
        drift = 4 * x * (1 - x) * u + act[:, 0].clamp(-1, 1) / 4 + self.noise * z
        afloat = x < 1
        y += afloat * drift
        x += afloat / 8
        return state, (y**2).clamp(max=1)
