# NumPy, seeded from the generator.
def mixture_sample(logits, mean, log_std, generator):
    rng = np.random.default_rng(int(torch.randint(2**31, (1,), generator=generator)))
    p = np.exp(numbers(logits) - numbers(logits).max(1, keepdims=True))
    ladder = np.cumsum(p / p.sum(1, keepdims=True), axis=1)
    which = (rng.random((len(p), 1)) > ladder[:, :-1]).sum(1)
    rows = np.arange(len(p))
    return rng.normal(numbers(mean)[rows, which], np.exp(numbers(log_std)[rows, which]))
