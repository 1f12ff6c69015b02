# Builds the optimiser inside the loop: Adam forgets its moments.
def train(policy, obs, act, batches, lr, device="auto"):
    device = pick_device(device)
    policy.to(device)
    losses = []
    for rows in batches:
        optimiser = torch.optim.Adam(policy.parameters(), lr=lr)
        loss = policy.loss(obs[rows].to(device), act[rows].to(device)).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    policy.cpu()
    return losses
