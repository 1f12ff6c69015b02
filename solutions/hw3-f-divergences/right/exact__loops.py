# Loops over states and actions.
def divergence(f, f_zero, f_infinity, p, q):
    totals = []
    for row_p, row_q in zip(p.tolist(), q.tolist()):
        total = 0.0
        for a, b in zip(row_p, row_q):
            if a > 0 and b > 0:
                total += b * float(f(torch.tensor([a / b], dtype=torch.float64))[0])
            elif b > 0:
                total += b * f_zero
            elif a > 0:
                total += a * f_infinity
        totals.append(total)
    return torch.tensor(totals)
