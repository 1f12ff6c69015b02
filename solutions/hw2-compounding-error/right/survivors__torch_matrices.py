# torch: one matrix a step.
def survivors(p, pi, expert, rho):
    p, pi, rho = (torch.as_tensor(x) for x in (p, pi, rho))
    own = torch.nn.functional.one_hot(torch.as_tensor(expert), p.shape[1]).to(p)
    rows = [rho]
    for step in pi[:-1]:
        rows.append(torch.einsum("s,sa,sa,saz->z", rows[-1], step, own, p))
    return torch.stack(rows)


def first_mistake(p, pi, expert, rho):
    g = survivors(p, pi, expert, rho)
    right = torch.as_tensor(pi)[:, torch.arange(len(expert)), torch.as_tensor(expert)]
    return (g * (1 - right)).sum(1)


def conditional_mistake(p, pi, expert, rho):
    given = first_mistake(p, pi, expert, rho) / survivors(p, pi, expert, rho).sum(1)
    return given.nan_to_num(0.0)
