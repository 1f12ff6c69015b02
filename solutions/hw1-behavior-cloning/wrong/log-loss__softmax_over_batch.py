# Normalises over the samples instead of the actions.
def log_loss(logits, act):
    return -torch.log_softmax(logits, 0).gather(-1, act[:, None])[:, 0]
