# Stable softmax, then a logarithm of probabilities that have underflowed to 0.
def log_loss(logits, act):
    p = torch.softmax(logits, -1).gather(-1, act[:, None])[:, 0]
    return -p.log()
