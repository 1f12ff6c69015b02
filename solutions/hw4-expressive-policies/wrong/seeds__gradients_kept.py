# Samples carry gradients.
class FlowHead(FlowNetwork):
    steps = 9

    def loss(self, obs, act, generator=None):
        unit = self.to_unit(act)
        noise = torch.randn(unit.shape, generator=generator, device=unit.device)
        t = torch.rand(len(unit), generator=generator, device=unit.device)
        place = t[:, None] * unit + (1 - t[:, None]) * noise
        return ((self.velocity(obs, place, t) - (unit - noise)) ** 2).sum(1)

    def sample(self, obs, generator=None):
        x = torch.randn(len(obs), self.act_size, generator=generator)
        for k in range(self.steps):
            x = x + self.velocity(obs, x, torch.full((len(x),), k / self.steps)) / self.steps
        return self.from_unit(x)


def train_seeds(demos, seeds, steps):
    heads = [FlowHead(each, seed=seed) for each, seed in zip(demos, seeds)]
    fit_many(heads, demos, steps=steps, batch=128, lr=3e-2, seeds=seeds, device="auto")
    return heads
