# Trains one policy after the other with il.fit.
class FlowHead(FlowNetwork):
    steps = 9

    def loss(self, obs, act, generator=None):
        unit = self.to_unit(act)
        t = torch.rand((len(unit), 1), generator=generator, device=unit.device)
        noise = torch.randn(unit.shape, generator=generator, device=unit.device)
        line = unit - noise
        guess = self.velocity(obs, noise + t * line, t[:, 0])
        return ((guess - line) ** 2).sum(-1)

    @torch.no_grad()
    def sample(self, obs, generator=None):
        x = torch.randn((len(obs), self.act_size), generator=generator)
        for t in torch.arange(self.steps) / self.steps:
            x = x + self.velocity(obs, x, t.repeat(len(obs))) / self.steps
        return self.from_unit(x)


def train_seeds(demos, seeds, steps):
    heads = []
    for data, seed in zip(demos, seeds):
        head = FlowHead(data, seed=seed)
        il.fit(head, data, steps=steps, batch=64, lr=2e-2, seed=seed, device="auto")
        heads.append(head)
    return heads
