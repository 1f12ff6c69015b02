# Chooses by the largest of scores with Gumbel noise, then gathers.
def mixture_sample(logits, mean, log_std, generator):
    uniform = torch.rand(logits.shape, generator=generator).clamp(1e-12, 1 - 1e-7)
    which = (logits - torch.log(-torch.log(uniform))).argmax(1)
    place = which[:, None, None].expand(-1, 1, mean.shape[2])
    centre, spread = mean.gather(1, place)[:, 0], log_std.gather(1, place)[:, 0].exp()
    return torch.normal(centre, spread, generator=generator)
