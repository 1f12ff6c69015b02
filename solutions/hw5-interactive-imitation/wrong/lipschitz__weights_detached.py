# Shrinks a copy of the weights that no gradient reaches.
import itertools


def certified(weights):
    return math.prod(float(torch.linalg.matrix_norm(w, 2)) for w in weights)


def shrunk(weight, limit):
    norm = torch.linalg.matrix_norm(weight, 2)
    if norm <= limit:
        return weight
    return weight * (limit / norm)


class SmoothNet(nn.Module):
    def __init__(self, sizes, lipschitz):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in itertools.pairwise(sizes))
        self.limit = lipschitz ** (1 / len(self.layers))

    def forward(self, x):
        """Outputs [n, out] for inputs [n, in]."""
        for i, layer in enumerate(self.layers):
            if i > 0:
                x = torch.relu(x)
            x = nn.functional.linear(x, shrunk(layer.weight.detach(), self.limit), layer.bias)
        return x
