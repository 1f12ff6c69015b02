# Converts the weights: small steps are lost.
def train_mixed(policy, obs, act, batches, lr, device="auto"):
    place = pick_device(device)
    policy.to(place).bfloat16()
    optimiser, losses = torch.optim.Adam(policy.parameters(), lr=lr), []
    for rows in batches:
        with autocast(place, True):
            each = policy.loss(obs[rows].to(place).bfloat16(), act[rows].to(place))
        mean = each.float().mean()
        optimiser.zero_grad()
        mean.backward()
        optimiser.step()
        losses.append(mean.item())
    policy.cpu().float()
    return losses
