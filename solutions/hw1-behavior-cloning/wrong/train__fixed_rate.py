# Takes the visible check's rate for the rate.
def train(policy, obs, act, batches, lr, device="auto"):
    device = pick_device(device)
    policy.to(device)
    optimiser = torch.optim.Adam(policy.parameters(), lr=0.1)
    losses = []
    for rows in batches:
        loss = policy.loss(obs[rows].to(device), act[rows].to(device)).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    policy.cpu()
    return losses
