# Adds the integrand up and forgets dx.
def quadrature(f, log_p, log_q, x):
    ratio = (log_p - log_q).clamp(-600, 600).exp()
    return (log_q.exp() * f(ratio)).sum()
