# Sums over samples and pairs of directions.
def fitted_noise(learner_act, expert_act):
    m, d = learner_act.shape
    cov = np.zeros((d, d))
    for a, b in zip(learner_act.tolist(), expert_act.tolist()):
        for i in range(d):
            for j in range(d):
                cov[i, j] += (a[i] - b[i]) * (a[j] - b[j]) / m
    return cov


def rescaled(covariance, alpha, horizon):
    size = sum(float(covariance[i, i]) for i in range(len(covariance)))
    return np.asarray(covariance) / size * alpha / horizon
