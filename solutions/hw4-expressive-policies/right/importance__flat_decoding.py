# All draws through the decoder as one batch; SciPy for the rest.
def importance_bound(act, mu, log_sigma, decode, std, noise):
    from scipy.special import logsumexp
    from scipy.stats import norm

    z = mu + log_sigma.exp() * noise
    means = decode(z.flatten(0, 1)).reshape(len(noise), *act.shape)
    log_r = norm.logpdf(numbers(act), numbers(means), std).sum(2)
    log_r += norm.logpdf(numbers(z)).sum(2)
    log_r -= norm.logpdf(numbers(z), numbers(mu), np.exp(numbers(log_sigma))).sum(2)
    return logsumexp(log_r, axis=0, b=1 / len(noise))
