# One deviation for all dimensions of the action: broadcasting hides it.
class GaussianPolicy(nn.Module):
    def __init__(self, obs_dim, act_dim, hidden=64):
        super().__init__()
        self.mean = nn.Sequential(nn.Linear(obs_dim, hidden), nn.Tanh(), nn.Linear(hidden, act_dim))
        self.log_std = nn.Parameter(torch.tensor(-0.5))

    def forward(self, obs):
        return self.mean(obs), self.log_std

    def log_prob(self, obs, act):
        mean, log_std = self(obs)
        return torch.distributions.Normal(mean, log_std.exp()).log_prob(act).sum(-1)

    def sample(self, obs, generator=None):
        mean, log_std = self(obs)
        noise = torch.randn(mean.shape, generator=generator)
        return mean + log_std.exp() * noise

    def loss(self, obs, act):
        return -self.log_prob(obs, act)
