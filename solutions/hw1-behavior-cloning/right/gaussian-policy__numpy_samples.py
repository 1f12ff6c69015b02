# Samples through NumPy from a seed that the generator draws; the density written out.
class GaussianPolicy(nn.Module):
    def __init__(self, obs_dim, act_dim, hidden=64):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(obs_dim, hidden), nn.GELU(), nn.Linear(hidden, act_dim))
        self.log_std = nn.Parameter(torch.tensor([-0.5] * act_dim))

    def forward(self, obs):
        mean = self.net(obs)
        return mean, self.log_std.expand(mean.shape)

    def log_prob(self, obs, act):
        mean, log_std = self(obs)
        square = (act - mean).square() / torch.exp(2 * log_std)
        return -0.5 * (square + 2 * log_std + math.log(2 * math.pi)).sum(1)

    @torch.no_grad()
    def sample(self, obs, generator=None):
        seed = int(torch.randint(2**31, (1,), generator=generator))
        mean, log_std = self(obs)
        noise = np.random.default_rng(seed).standard_normal(tuple(mean.shape))
        return mean + torch.exp(log_std) * torch.tensor(noise, dtype=torch.float32)

    def loss(self, obs, act):
        return -self.log_prob(obs, act)
