# Moves all data once; gradients cleared after the step instead of before backward.
def train(policy, obs, act, batches, lr, device="auto"):
    place = pick_device(device)
    policy.to(place)
    obs, act = obs.to(place), act.to(place)
    optimiser = torch.optim.Adam(policy.parameters(), lr)
    history = []
    for rows in batches:
        rows = rows.to(place)
        loss = torch.mean(policy.loss(obs[rows], act[rows]))
        loss.backward()
        optimiser.step()
        optimiser.zero_grad(set_to_none=False)
        history.append(loss.detach())
    policy.to("cpu")
    return torch.stack(history).tolist() if history else []
