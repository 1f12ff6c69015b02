# The rule as it is written, one space after the other.
def quadrature(f, log_p, log_q, x):
    h = torch.exp(log_q) * torch.as_tensor(f(torch.exp(torch.clip(log_p - log_q, -600, 600))))
    total = 0.0
    for i in range(len(x) - 1):
        total += float(x[i + 1] - x[i]) * float(h[i] + h[i + 1]) / 2
    return total
