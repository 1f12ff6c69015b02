# The top direction from high powers of the Gram matrix, by squaring.
import itertools


def spectral(weight):
    with torch.no_grad():
        power = weight.T @ weight
        for _ in range(16):
            power = power / power.norm()
            power = power @ power
        top = power @ torch.randn(weight.shape[1], generator=torch.Generator().manual_seed(0))
    return (weight @ (top / top.norm())).norm()


def certified(weights):
    return math.prod(float(spectral(weight)) for weight in weights)


def shrunk(weight, limit):
    return weight * torch.clamp(limit / spectral(weight), max=1.0)


class SmoothNet(nn.Module):
    def __init__(self, sizes, lipschitz):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(*pair) for pair in itertools.pairwise(sizes))
        self.share = lipschitz ** (1 / len(self.layers))

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.relu(nn.functional.linear(x, shrunk(layer.weight, self.share), layer.bias))
        last = self.layers[-1]
        return nn.functional.linear(x, shrunk(last.weight, self.share), last.bias)
