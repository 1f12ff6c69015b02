# Ignores the minibatch and descends on all data at every step.
def train(policy, obs, act, batches, lr, device="auto"):
    device = pick_device(device)
    policy.to(device)
    obs, act = obs.to(device), act.to(device)
    optimiser = torch.optim.Adam(policy.parameters(), lr=lr)
    losses = []
    for _ in batches:
        loss = policy.loss(obs, act).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    policy.cpu()
    return losses
