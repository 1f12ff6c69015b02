# Leaves out log sqrt(2 pi).
def mixture_nll(logits, mean, log_std, act):
    z = (act[:, None] - mean) * torch.exp(-log_std)
    log_normal = -(0.5 * z**2 + log_std).sum(-1)
    return -torch.logsumexp(torch.log_softmax(logits, -1) + log_normal, -1)
