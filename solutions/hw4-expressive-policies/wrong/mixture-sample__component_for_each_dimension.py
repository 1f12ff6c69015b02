# Chooses a component for each dimension.
def mixture_sample(logits, mean, log_std, generator):
    which = torch.multinomial(torch.softmax(logits, -1), mean.shape[2], True, generator=generator)
    rows, dims = torch.arange(len(logits))[:, None], torch.arange(mean.shape[2])
    noise = torch.randn(mean[:, 0].shape, generator=generator)
    return mean[rows, which, dims] + log_std[rows, which, dims].exp() * noise
