# Never sets the gradients back to zero.
def train_mixed(policy, obs, act, batches, lr, device="auto"):
    device = pick_device(device)
    policy.to(device)
    obs, act = obs.to(device), act.to(device)
    adam = torch.optim.Adam(policy.parameters(), lr=lr)
    losses = []
    for rows in batches:
        rows = rows.to(device)
        with autocast(device, True):
            loss = policy.loss(obs[rows], act[rows]).float().mean()
        loss.backward()
        adam.step()
        losses.append(loss.item())
    policy.to("cpu")
    return losses
