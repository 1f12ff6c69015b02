# Calls fit_many with no steps of training.
class FlowHead(FlowNetwork):
    steps = 9  # of Euler's method

    def loss(self, obs, act, generator=None):
        a = self.to_unit(act)
        z = torch.randn(a.shape, generator=generator, device=a.device)
        t = torch.rand(len(a), generator=generator, device=a.device)
        place = t[:, None] * a + (1 - t[:, None]) * z
        return (self.velocity(obs, place, t) - (a - z)).square().sum(1)

    def sample(self, obs, generator=None):
        with torch.no_grad():
            x = torch.randn(len(obs), self.act_size, generator=generator)
            for i in range(self.steps):
                t = torch.full((len(obs),), i / self.steps)
                x = x + self.velocity(obs, x, t) / self.steps
            return self.from_unit(x)


def train_seeds(demos, seeds, steps):
    heads = [FlowHead(lesson, seed=seed) for lesson, seed in zip(demos, seeds)]
    fit_many(heads, demos, steps=0, batch=128, lr=3e-2, seeds=seeds, device="auto")
    return heads
