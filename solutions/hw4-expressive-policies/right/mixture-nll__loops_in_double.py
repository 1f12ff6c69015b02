# Loops over samples and components, in double.
def mixture_nll(logits, mean, log_std, act):
    logits, mean, log_std, act = (x.double() for x in (logits, mean, log_std, act))
    losses = []
    for u, m, s, a in zip(logits, mean, log_std, act):
        terms = []
        for k in range(len(u)):
            term = u[k] - torch.logsumexp(u, 0)
            for j in range(len(a)):
                term = term - 0.5 * ((a[j] - m[k, j]) / s[k, j].exp()) ** 2
                term = term - s[k, j] - 0.5 * math.log(2 * math.pi)
            terms.append(term)
        top = max(terms, key=float)
        losses.append(-(top + sum((term - top).exp() for term in terms).log()))
    return torch.stack(losses)
