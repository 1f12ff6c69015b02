# Loops over characters in double precision.
def log_share(logits):
    top = logits.double() - logits.double().max(-1, keepdim=True).values
    return top - torch.log(torch.exp(top).sum(-1, keepdim=True))


def forward_kl(log_p, logits):
    log_q, total = log_share(logits), 0.0
    for a in range(log_p.shape[1]):
        p = log_p[:, a].double().exp()
        total = total - torch.special.entr(p) - p * log_q[:, a]
    return total


def reverse_kl(log_p, logits):
    log_q, total = log_share(logits), 0.0
    for a in range(log_p.shape[1]):
        total = total + torch.exp(log_q[:, a]) * (log_q[:, a] - log_p[:, a])
    return total
