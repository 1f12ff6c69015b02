# The growth from the first gap to the last.
def push_gaps(A, K, gain, y, error, H):
    expert = learner = np.array([0.0, y])
    push, gaps = np.array([error, 0.0]), []
    for _ in range(H):
        expert = (A + K) @ expert
        learner = (A + gain) @ learner + push
        push = 0 * push
        gaps.append(np.linalg.norm(learner - expert))
    return np.array(gaps)


def growth(gaps):
    slope = math.log(gaps[-1] / gaps[0]) / (len(gaps) - 1)
    return math.exp(slope)


def worthless_from(beta, n, s):
    H = 1
    while beta ** (H - 1) < 2 * (2 * n) ** s:
        H += 1
    return H
