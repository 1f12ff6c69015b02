# The largest eigenvalue of the Gram matrix; shares by logarithms.
import itertools


def spectral(weight):
    return torch.linalg.eigvalsh(weight.T @ weight)[-1].clamp(min=0).sqrt()


def certified(weights):
    return torch.stack([spectral(weight.double()) for weight in weights]).prod()


def shrunk(weight, limit):
    return weight / torch.clamp(spectral(weight) / limit, min=1.0)


class SmoothNet(nn.Module):
    def __init__(self, sizes, lipschitz):
        super().__init__()
        self.layers = nn.ModuleList([])
        for width, following in itertools.pairwise(sizes):
            self.layers.append(nn.Linear(width, following))
        self.share = math.exp(math.log(lipschitz) / (len(sizes) - 1))

    def forward(self, x):
        for i, layer in enumerate(self.layers):
            x = x @ shrunk(layer.weight, self.share).T + layer.bias
            if i + 1 < len(self.layers):
                x = nn.functional.relu(x)
        return x
