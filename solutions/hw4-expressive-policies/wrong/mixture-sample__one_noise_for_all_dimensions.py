# The same noise in every dimension.
def mixture_sample(logits, mean, log_std, generator):
    which = torch.multinomial(torch.softmax(logits, -1), 1, generator=generator)[:, 0]
    rows = torch.arange(len(logits))
    noise = torch.randn((len(mean), 1), generator=generator)
    return mean[rows, which] + log_std[rows, which].exp() * noise
