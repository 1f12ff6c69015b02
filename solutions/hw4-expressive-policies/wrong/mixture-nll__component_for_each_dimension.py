# Each dimension chooses a component of its own.
def mixture_nll(logits, mean, log_std, act):
    z = (act[:, None] - mean) * torch.exp(-log_std)
    log_normal = -(0.5 * z**2 + log_std + 0.5 * math.log(2 * math.pi))
    return -torch.logsumexp(torch.log_softmax(logits, -1)[..., None] + log_normal, 1).sum(-1)
