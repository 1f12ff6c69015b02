# logsumexp in double precision and a one-hot mask.
def log_loss(logits, act):
    logits = logits.double()
    mask = torch.nn.functional.one_hot(act, logits.shape[-1])
    return torch.logsumexp(logits, -1) - (mask * logits).sum(-1)
