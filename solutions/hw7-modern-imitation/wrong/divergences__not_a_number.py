# The teacher's zeros become NaN.
def forward_kl(log_p, logits):
    gap = log_p - torch.log_softmax(logits, -1)
    return (log_p.exp() * gap).sum(-1)


def reverse_kl(log_p, logits):
    log_q = torch.log_softmax(logits, -1)
    return (log_q.exp() * (log_q - log_p)).sum(-1)
