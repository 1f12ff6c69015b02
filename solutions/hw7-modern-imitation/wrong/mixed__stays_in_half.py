# Leaves the trained policy in bfloat16.
def train_mixed(policy, obs, act, batches, lr, device="auto"):
    place = pick_device(device)
    policy.to(place)
    optimiser, losses = torch.optim.Adam(policy.parameters(), lr=lr), []
    for rows in batches:
        with autocast(place, True):
            each = policy.loss(obs[rows].to(place), act[rows].to(place))
        mean = each.float().mean()
        optimiser.zero_grad()
        mean.backward()
        optimiser.step()
        losses.append(mean.item())
    policy.cpu().bfloat16()
    return losses
