# All ways count alike.
def nearest_in_kl(shares, means, covs):
    shares = torch.ones_like(shares) / len(shares)
    mean = shares @ means
    away = means - mean
    within = torch.einsum("k,kij->ij", shares, covs)
    between = torch.einsum("k,ki,kj->ij", shares, away, away)
    return mean, within + between


def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    away = mean_q - mean_p
    inverse = torch.linalg.inv(cov_q)
    spread = torch.trace(inverse @ cov_p) - len(mean_p) + torch.logdet(cov_q) - torch.logdet(cov_p)
    return (spread + away @ inverse @ away) / 2
