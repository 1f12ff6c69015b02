# Never clears the gradient: each step adds all those before it.
def train(policy, obs, act, batches, lr, device="auto"):
    device = pick_device(device)
    policy.to(device).train()
    optimiser = torch.optim.Adam(policy.parameters(), lr=lr)
    losses = []
    for rows in batches:
        loss = policy.loss(obs[rows].to(device), act[rows].to(device)).mean()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    policy.cpu().eval()
    return losses
