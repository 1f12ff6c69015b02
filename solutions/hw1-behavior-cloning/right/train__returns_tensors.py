# Losses stay tensors, still tied to the graph.
def train(policy, obs, act, batches, lr, device="auto"):
    device = pick_device(device)
    policy.to(device)
    optimiser = torch.optim.Adam(policy.parameters(), lr=lr)
    losses = []
    for rows in batches:
        loss = policy.loss(obs[rows].to(device), act[rows].to(device)).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss)
    policy.cpu()
    return losses
