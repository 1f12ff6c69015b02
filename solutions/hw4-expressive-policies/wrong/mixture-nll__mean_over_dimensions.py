# Averages the log-density over the action's dimensions.
def mixture_nll(logits, mean, log_std, act):
    z = (act[:, None] - mean) * torch.exp(-log_std)
    log_normal = -(0.5 * z**2 + log_std + 0.5 * math.log(2 * math.pi)).mean(-1)
    return -torch.logsumexp(torch.log_softmax(logits, -1) + log_normal, -1)
