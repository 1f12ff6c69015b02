# torch's own divergence, covariance by weighted differences of pairs.
def nearest_in_kl(shares, means, covs):
    mean = (shares[:, None] * means).sum(0)
    pairs = means[:, None] - means[None]
    weight = shares[:, None] * shares[None] / 2
    between = (weight[..., None, None] * pairs[..., :, None] * pairs[..., None, :]).sum((0, 1))
    return mean, (shares[:, None, None] * covs).sum(0) + between


def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    from torch.distributions import MultivariateNormal, kl_divergence

    return kl_divergence(MultivariateNormal(mean_p, cov_p), MultivariateNormal(mean_q, cov_q))
