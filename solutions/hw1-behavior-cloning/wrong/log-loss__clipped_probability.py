# Clips the probability to keep the logarithm finite: large losses are wrong, their gradient is 0.
def log_loss(logits, act):
    p = torch.softmax(logits, -1).gather(-1, act[:, None])[:, 0]
    return -p.clamp(min=1e-8).log()
