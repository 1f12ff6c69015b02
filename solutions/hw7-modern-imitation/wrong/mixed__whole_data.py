# Computes each loss on all data.
def train_mixed(policy, obs, act, batches, lr, device="auto"):
    place = pick_device(device)
    policy.to(place)
    optimiser, losses = torch.optim.Adam(policy.parameters(), lr=lr), []
    for _ in batches:
        with autocast(place, True):
            each = policy.loss(obs.to(place), act.to(place))
        mean = each.float().mean()
        optimiser.zero_grad()
        mean.backward()
        optimiser.step()
        losses.append(mean.item())
    policy.cpu()
    return losses
