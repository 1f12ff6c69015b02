# Takes log_std for the logarithm of a variance.
def mixture_nll(logits, mean, log_std, act):
    z = (act[:, None] - mean) * torch.exp(-0.5 * log_std)
    log_normal = -(0.5 * z**2 + 0.5 * log_std + 0.5 * math.log(2 * math.pi)).sum(-1)
    return -torch.logsumexp(torch.log_softmax(logits, -1) + log_normal, -1)
