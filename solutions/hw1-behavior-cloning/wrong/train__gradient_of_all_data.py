# Reports the minibatch's loss but descends on all data.
def train(policy, obs, act, batches, lr, device="auto"):
    device = pick_device(device)
    policy.to(device)
    optimiser = torch.optim.Adam(policy.parameters(), lr=lr)
    losses = []
    for rows in batches:
        loss = policy.loss(obs[rows].to(device), act[rows].to(device)).mean()
        optimiser.zero_grad()
        policy.loss(obs.to(device), act.to(device)).mean().backward()
        optimiser.step()
        losses.append(loss.item())
    policy.cpu()
    return losses
