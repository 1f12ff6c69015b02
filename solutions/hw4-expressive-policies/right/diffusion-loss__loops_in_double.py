# Sample by sample, in double.
def noised(act, level, keep, noise):
    rows = []
    for a, t, e in zip(act.double(), level, noise.double()):
        share = float(keep[int(t)])
        rows.append(math.sqrt(share) * a + math.sqrt(max(1 - share, 0.0)) * e)
    return torch.stack(rows)


def diffusion_loss(predict, act, level, keep, noise):
    off = predict(noised(act, level, keep, noise), level) - noise
    return torch.linalg.vector_norm(off, dim=1) ** 2
