# A sum of differences to the expert's logit, one sample at a time.
def log_loss(logits, act):
    losses = []
    for z, a in zip(logits, act):
        difference = z - z[a]
        top = difference.max().detach()
        losses.append(top + torch.log(torch.exp(difference - top).sum()))
    return torch.stack(losses)
