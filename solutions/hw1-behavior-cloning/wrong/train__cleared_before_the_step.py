# Clears the gradient between backward and step: nothing is learned.
def train(policy, obs, act, batches, lr, device="auto"):
    device = pick_device(device)
    policy.to(device)
    optimiser = torch.optim.Adam(policy.parameters(), lr=lr)
    losses = []
    for rows in batches:
        loss = policy.loss(obs[rows].to(device), act[rows].to(device)).mean()
        loss.backward()
        optimiser.zero_grad()
        optimiser.step()
        losses.append(loss.item())
    policy.cpu()
    return losses
