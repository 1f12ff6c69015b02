# Exponentiates logits as they stand.
def forward_kl(log_p, logits):
    gap = log_p - (logits.exp() / logits.exp().sum(-1, keepdim=True)).log()
    return torch.where(log_p > -math.inf, log_p.exp() * gap, 0.0).sum(-1)


def reverse_kl(log_p, logits):
    log_q = (logits.exp() / logits.exp().sum(-1, keepdim=True)).log()
    return (log_q.exp() * (log_q - log_p)).sum(-1)
