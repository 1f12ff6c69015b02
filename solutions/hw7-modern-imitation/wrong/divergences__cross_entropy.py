# Leaves out the teacher's entropy.
def forward_kl(log_p, logits):
    gap = -torch.log_softmax(logits, -1)
    return torch.where(log_p > -math.inf, log_p.exp() * gap, 0.0).sum(-1)


def reverse_kl(log_p, logits):
    log_q = torch.log_softmax(logits, -1)
    return (log_q.exp() * (log_q - log_p)).sum(-1)
