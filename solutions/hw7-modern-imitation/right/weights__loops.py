# Sums by hand, in plain Python.
def ensemble_weights(n, m):
    raw = [math.exp(-m * i) for i in range(n)]
    return [each / sum(raw) for each in raw]


def number_and_age(w):
    n, squares, age = len(w), 0.0, 0.0
    for i in range(n):
        squares += float(w[i]) ** 2
        age += float(w[i]) * (n - 1 - i)
    return 1 / squares, age


def best_weights(variance):
    precision = [1 / float(v) for v in variance]
    return np.array([p / sum(precision) for p in precision])
