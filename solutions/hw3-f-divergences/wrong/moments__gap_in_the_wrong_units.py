# Forgets the inverse covariance between the means.
def nearest_in_kl(shares, means, covs):
    mean = shares @ means
    gap = means - mean
    return mean, torch.einsum("k,kij->ij", shares, covs) + (shares[:, None] * gap).T @ gap


def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    gap = mean_q - mean_p
    volume = torch.logdet(cov_q) - torch.logdet(cov_p)
    return (torch.trace(torch.linalg.solve(cov_q, cov_p)) - len(gap) + gap @ gap + volume) / 2
