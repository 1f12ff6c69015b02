# The mean of the covariances alone.
def nearest_in_kl(shares, means, covs):
    mean = shares @ means
    within = torch.einsum("k,kij->ij", shares, covs)
    return mean, within


def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    away = mean_q - mean_p
    inverse = torch.linalg.inv(cov_q)
    spread = torch.trace(inverse @ cov_p) - len(mean_p) + torch.logdet(cov_q) - torch.logdet(cov_p)
    return (spread + away @ inverse @ away) / 2
