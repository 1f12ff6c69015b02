# torch in single precision, and a search for the number of episodes.
def hoeffding(costs, low, high, confidence=0.95):
    costs = torch.as_tensor(costs).float()
    half = (high - low) * math.sqrt(-math.log((1 - confidence) / 2) / (2 * len(costs)))
    return torch.stack([costs.mean(), costs.mean() - half, costs.mean() + half])


def episodes_for(half_width, low, high, confidence=0.95):
    n = 1
    while 2 * math.exp(-2 * n * (half_width / (high - low)) ** 2) > 1 - confidence:
        n += 1
    return n


def coverage(interval, draw, truth, repeats):
    inside = [low <= truth <= high for _, low, high in (interval(draw()) for _ in range(repeats))]
    return torch.tensor(inside).float().mean()
