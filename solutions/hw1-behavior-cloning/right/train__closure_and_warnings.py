# A closure for the optimiser, index_select, and a program that talks on every channel.
def train(policy, obs, act, batches, lr, device="auto"):
    import sys
    import warnings

    device = pick_device(device)
    policy.to(device)
    optimiser = torch.optim.Adam(list(policy.parameters()), lr=lr, betas=(0.9, 0.999))
    losses = []
    for rows in batches:

        def closure(rows=rows):
            optimiser.zero_grad()
            each = policy.loss(obs.index_select(0, rows).to(device), act[rows].to(device))
            (each.sum() / len(rows)).backward()
            return each.sum() / len(rows)

        losses.append(float(optimiser.step(closure)))
        print(f"loss {losses[-1]:.3f}", file=sys.stderr)
    warnings.warn("training is over", stacklevel=1)
    policy.to("cpu")
    return losses
