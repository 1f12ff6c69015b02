# Both runs in one batch of f; all rates side by side, in torch.
def pair_gaps(f, x, y, u, v):
    apart = [x - y]
    for a, b in zip(np.moveaxis(u, 1, 0), np.moveaxis(v, 1, 0)):
        x, y = f(x, a), f(y, b)
        apart.append(x - y)
    apart = torch.as_tensor(np.array(apart))
    return apart.norm(dim=-1).T, torch.as_tensor(u - v).norm(dim=-1)


def fit_eiss(gaps, inputs, rates):
    gaps, inputs, rates = (torch.as_tensor(np.asarray(x)) for x in (gaps, inputs, rates))
    reach = gaps[:, :1].expand(-1, len(rates))
    constant = torch.ones(len(rates), dtype=gaps.dtype)
    for t in range(inputs.shape[1]):
        reach = rates * reach + inputs[:, t : t + 1]
        constant = torch.maximum(constant, (gaps[:, t + 1 : t + 2] / reach).amax(0))
    at = int((constant / (1 - rates)).argmin())
    return float(constant[at]), float(rates[at])
