# Samples with the deviation of the start, whatever was learned.
class GaussianPolicy(nn.Module):
    def __init__(self, obs_dim, act_dim, hidden=64):
        super().__init__()
        self.mean = nn.Sequential(nn.Linear(obs_dim, hidden), nn.Tanh(), nn.Linear(hidden, act_dim))
        self.log_std = nn.Parameter(torch.full((act_dim,), -0.5))

    def forward(self, obs):
        return self.mean(obs), self.log_std

    def log_prob(self, obs, act):
        mean, log_std = self(obs)
        return torch.distributions.Normal(mean, log_std.exp()).log_prob(act).sum(-1)

    def sample(self, obs, generator=None):
        mean, _ = self(obs)
        noise = torch.randn(mean.shape, generator=generator)
        return mean + math.exp(-0.5) * noise

    def loss(self, obs, act):
        return -self.log_prob(obs, act)
