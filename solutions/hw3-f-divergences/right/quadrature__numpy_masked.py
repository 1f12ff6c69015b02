# NumPy; knots where the learner has no density left are skipped.
def quadrature(f, log_p, log_q, x):
    log_p, log_q, x = (np.asarray(each) for each in (log_p, log_q, x))
    h, seen = np.zeros_like(x), np.exp(log_q) > 0
    gap = np.clip(log_p[seen] - log_q[seen], -600, 600)
    h[seen] = np.exp(log_q[seen]) * np.asarray(f(torch.as_tensor(np.exp(gap))))
    return np.diff(x) @ (h[1:] + h[:-1]) / 2
