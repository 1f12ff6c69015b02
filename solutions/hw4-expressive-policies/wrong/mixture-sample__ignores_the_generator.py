# Draws from the global source.
def mixture_sample(logits, mean, log_std, generator):
    which = torch.multinomial(torch.softmax(logits, -1), 1)[:, 0]
    rows = torch.arange(len(logits))
    noise = torch.randn(mean[:, 0].shape)
    return mean[rows, which] + log_std[rows, which].exp() * noise
