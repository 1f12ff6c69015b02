# Noise of the whole shape at once; other seeds for the minibatches.
class FlowHead(FlowNetwork):
    steps = 9

    def loss(self, obs, act, generator=None):
        a = self.to_unit(act)
        z = torch.empty_like(a).normal_(generator=generator)
        t = torch.rand(a.shape[0], generator=generator, device=a.device)
        guess = self.velocity(obs, torch.lerp(z, a, t[:, None]), t)
        return nn.functional.mse_loss(guess, a - z, reduction="none").sum(1)

    def sample(self, obs, generator=None):
        x = torch.randn(len(obs), self.act_size, generator=generator)
        for i in range(self.steps):
            x = (x + self.velocity(obs, x, 0 * x[:, 0] + i / self.steps) / self.steps).detach()
        return self.from_unit(x)


def train_seeds(demos, seeds, steps):
    policies = [FlowHead(demos[i], seed=seeds[i]) for i in range(len(seeds))]
    fit_many(policies, demos, steps=steps, batch=128, lr=2e-2, seeds=[s + 1 for s in seeds])
    return policies
