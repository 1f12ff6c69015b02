# NumPy, a loop over the ways, E[a a^T] less the outer product of the mean.
def nearest_in_kl(shares, means, covs):
    shares, means, covs = (np.asarray(x) for x in (shares, means, covs))
    mean, second = np.zeros(means.shape[1]), 0.0
    for share, m, cov in zip(shares, means, covs):
        mean += share * m
        second = second + share * (cov + np.outer(m, m))
    return mean, second - np.outer(mean, mean)


def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    mean_p, cov_p, mean_q, cov_q = (np.asarray(x) for x in (mean_p, cov_p, mean_q, cov_q))
    away = mean_q - mean_p
    values = np.linalg.eigvals(np.linalg.solve(cov_q, cov_p)).real
    return 0.5 * (values - 1 - np.log(values)).sum() + 0.5 * away @ np.linalg.solve(cov_q, away)
