# One choice for all rows.
def mixture_sample(logits, mean, log_std, generator):
    which = torch.multinomial(torch.softmax(logits, -1), 1, generator=generator)[:1, 0].expand(
        len(logits)
    )
    rows = torch.arange(len(logits))
    noise = torch.randn(mean[:, 0].shape, generator=generator)
    return mean[rows, which] + log_std[rows, which].exp() * noise
