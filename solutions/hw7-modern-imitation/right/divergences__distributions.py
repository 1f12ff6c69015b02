# torch.distributions, and xlogy for the teacher's zeros.
def forward_kl(log_p, logits):
    p = log_p.exp()
    cross = -(p * torch.distributions.Categorical(logits=logits).logits).sum(-1)
    return cross + torch.special.xlogy(p, p).sum(-1)


def reverse_kl(log_p, logits):
    student = torch.distributions.Categorical(logits=logits)
    teacher = torch.distributions.Categorical(logits=log_p)
    return torch.distributions.kl_divergence(student, teacher)
