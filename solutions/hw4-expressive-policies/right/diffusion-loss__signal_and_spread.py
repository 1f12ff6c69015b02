# Roots of the schedule first; index_select and torch's own loss.
def noised(act, level, keep, noise):
    signal, spread = torch.sqrt(keep), torch.sqrt(1 - keep)
    return (
        signal.index_select(0, level).unsqueeze(1) * act
        + spread.index_select(0, level).unsqueeze(1) * noise
    )


def diffusion_loss(predict, act, level, keep, noise):
    guess = predict(noised(act, level, keep, noise), level)
    return nn.functional.mse_loss(guess, noise, reduction="none").sum(1)
