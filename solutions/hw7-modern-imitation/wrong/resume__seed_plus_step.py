# Seeds a generator anew at each step.
def train_on(policy, obs, act, steps, batch, lr, seed, path, every, device="auto"):
    device = pick_device(device)
    policy.to(device)
    obs, act = obs.to(device), act.to(device)
    adam = torch.optim.Adam(policy.parameters(), lr=lr)
    generator = torch.Generator().manual_seed(seed)
    losses = []
    if Path(path).exists():
        saved = load(path, policy)
        adam.load_state_dict(saved["adam"])
        generator.set_state(saved["generator"])
        losses = list(saved["losses"])
    while len(losses) < steps:
        rows = torch.randint(
            len(obs), (batch,), generator=torch.Generator().manual_seed(seed + len(losses))
        ).to(device)
        loss = policy.loss(obs[rows], act[rows]).mean()
        adam.zero_grad()
        loss.backward()
        adam.step()
        losses.append(loss.item())
        if len(losses) % every == 0:
            save(
                path, policy, adam=adam.state_dict(), generator=generator.get_state(), losses=losses
            )
    policy.to("cpu")
    return losses
