# The log-likelihood itself: the sign is missing.
def log_loss(logits, act):
    return torch.log_softmax(logits, -1).gather(-1, act[:, None])[:, 0]
