# Forgets the exponential.
def mixture_sample(logits, mean, log_std, generator):
    which = torch.multinomial(torch.softmax(logits, -1), 1, generator=generator)[:, 0]
    rows = torch.arange(len(logits))
    noise = torch.randn(mean[:, 0].shape, generator=generator)
    return mean[rows, which] + log_std[rows, which].abs() * noise
