# NumPy, results as arrays.
def hoeffding(costs, low, high, confidence=0.95):
    costs = np.asarray(costs, dtype=float)
    half = np.sqrt((high - low) ** 2 * np.log(2 / (1 - confidence)) / 2 / costs.size)
    return costs.mean() + half * np.array([0, -1, 1])


def episodes_for(half_width, low, high, confidence=0.95):
    unit = half_width / (high - low)
    return np.ceil(-np.log((1 - confidence) / 2) / (2 * unit * unit))


def coverage(interval, draw, truth, repeats):
    ends = np.array([[float(x) for x in interval(draw())] for _ in range(repeats)])
    return np.mean((ends[:, 1] <= truth) & (truth <= ends[:, 2]))
