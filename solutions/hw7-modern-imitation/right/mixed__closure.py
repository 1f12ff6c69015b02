# Adam with a closure; a tensor of losses.
def train_mixed(policy, obs, act, batches, lr, device="auto"):
    place = pick_device(device)
    policy.to(place).train()
    optimiser = torch.optim.Adam(policy.parameters(), lr=lr)
    losses = torch.zeros(len(batches))

    for i, rows in enumerate(batches):

        def closure(rows=rows):
            optimiser.zero_grad()
            with autocast(place, True):
                each = policy.loss(obs[rows].to(place), act[rows].to(place))
            loss = each.double().mean()
            loss.backward()
            return loss

        losses[i] = optimiser.step(closure).item()
    policy.cpu().eval()
    return losses
