# torch in single precision: the wrong actions' mass, and the positive part.
def mistake_rate(d, pi, expert):
    d, pi = (torch.as_tensor(x).float() for x in (d, pi))
    wrong = 1 - torch.nn.functional.one_hot(torch.as_tensor(expert), pi.shape[-1])
    return torch.einsum("ts,tsa,sa->t", d, pi, wrong.float())


def total_variation(d, e):
    return torch.relu(torch.as_tensor(d).float() - torch.as_tensor(e).float()).sum(-1)
