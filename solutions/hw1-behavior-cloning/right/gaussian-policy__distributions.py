# Everything through torch.distributions; ReLU; the generator through normal_.
class GaussianPolicy(nn.Module):
    def __init__(self, obs_dim, act_dim, hidden=64):
        super().__init__()
        self.log_std = nn.Parameter(-0.5 * torch.ones(act_dim))
        self.first = nn.Linear(obs_dim, hidden)
        self.second = nn.Linear(hidden, act_dim)

    def forward(self, obs):
        return self.second(torch.relu(self.first(obs))), self.log_std

    def distribution(self, obs):
        mean, log_std = self.forward(obs)
        return torch.distributions.Independent(torch.distributions.Normal(mean, log_std.exp()), 1)

    def log_prob(self, obs, act):
        return self.distribution(obs).log_prob(act)

    def sample(self, obs, generator=None):
        bell = self.distribution(obs)
        return torch.normal(bell.mean, bell.stddev, generator=generator)

    def loss(self, obs, act):
        return self.distribution(obs).log_prob(act).neg()
