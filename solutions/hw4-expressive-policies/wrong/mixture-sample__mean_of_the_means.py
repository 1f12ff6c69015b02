# Averages the components instead of choosing one.
def mixture_sample(logits, mean, log_std, generator):
    which = torch.multinomial(torch.softmax(logits, -1), 1, generator=generator)[:, 0]
    rows = torch.arange(len(logits))
    noise = torch.randn(mean[:, 0].shape, generator=generator)
    return (torch.softmax(logits, -1)[..., None] * mean).sum(1) + log_std[rows, which].exp() * noise
