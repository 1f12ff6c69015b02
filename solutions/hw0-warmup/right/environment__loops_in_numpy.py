# Row by row, in double precision.
class Ferry(il.Env):
    obs_space, act_space = il.Box((2,)), il.Box((1,), -1.0, 1.0)
    horizon = 12

    def __init__(self, noise=0.02):
        self.noise = noise

    def reset(self, n, generator):
        u = torch.rand(n, generator=generator) * CURRENT
        y = torch.rand(n, generator=generator) - 0.5
        return torch.stack((torch.zeros(n), y, u), dim=-1)

    def observe(self, state):
        return state[:, 0:2].clone()

    def step(self, state, act, generator):
        noise = self.noise * torch.randn(len(state), generator=generator)
        rows, costs = [], []
        for (x, y, u), a, e in zip(state.tolist(), act[:, 0].tolist(), noise.tolist()):
            if x < 1:
                y = y + 4 * x * (1 - x) * u + min(1.0, max(-1.0, a)) / 4 + e
                x = x + 0.125
            rows.append([x, y, u])
            costs.append(min(1.0, y * y))
        return torch.tensor(rows), torch.tensor(costs)
