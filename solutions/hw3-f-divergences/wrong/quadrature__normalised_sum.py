# A mean over knots weighted by q: right on even knots alone.
def quadrature(f, log_p, log_q, x):
    ratio = (log_p - log_q).clamp(-600, 600).exp()
    return (log_q.exp() * f(ratio)).sum() / log_q.exp().sum()
