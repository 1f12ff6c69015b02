# One number for the batch instead of one per sample.
def log_loss(logits, act):
    return -torch.log_softmax(logits, -1).gather(-1, act[:, None]).mean()
