# The learner's gain in both runs: the push alone is seen.
def push_gaps(A, K, gain, y, error, H):
    expert = learner = np.array([0.0, y])
    push, gaps = np.array([error, 0.0]), []
    for _ in range(H):
        expert = (A + gain) @ expert
        learner = (A + gain) @ learner + push
        push = 0 * push
        gaps.append(np.linalg.norm(learner - expert))
    return np.array(gaps)


def growth(gaps):
    slope, _ = np.polyfit(np.arange(len(gaps)), np.log(gaps), 1)
    return math.exp(slope)


def worthless_from(beta, n, s):
    H = 1
    while beta ** (H - 1) < 2 * (2 * n) ** s:
        H += 1
    return H
