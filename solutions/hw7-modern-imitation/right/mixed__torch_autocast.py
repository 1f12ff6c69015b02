# torch.autocast itself, data moved once.
def train_mixed(policy, obs, act, batches, lr, device="auto"):
    device = pick_device(device)
    policy = policy.to(device)
    obs, act = obs.to(device), act.to(device)
    adam = torch.optim.Adam(policy.parameters(), lr)
    seen = []
    for rows in batches:
        adam.zero_grad(set_to_none=True)
        with torch.autocast(device_type=device.type, dtype=torch.bfloat16):
            loss = policy.loss(obs[rows], act[rows]).mean()
        loss.backward()
        adam.step()
        seen.append(loss.detach())
    policy.to("cpu")
    return [float(each) for each in seen]
