# Normalises the weights over samples.
def mixture_nll(logits, mean, log_std, act):
    z = (act[:, None] - mean) * torch.exp(-log_std)
    log_normal = -(0.5 * z**2 + log_std + 0.5 * math.log(2 * math.pi)).sum(-1)
    return -torch.logsumexp(torch.log_softmax(logits, 0) + log_normal, -1)
