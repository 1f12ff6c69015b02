# Trains a copy and drops it: the policy that was passed in stays as it was.
def train(policy, obs, act, batches, lr, device="auto"):
    import copy

    device = pick_device(device)
    learner = copy.deepcopy(policy).to(device)
    optimiser = torch.optim.Adam(learner.parameters(), lr=lr)
    losses = []
    for rows in batches:
        loss = learner.loss(obs[rows].to(device), act[rows].to(device)).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses
