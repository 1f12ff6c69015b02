# Returns the losses since the failure only.
def train_on(policy, obs, act, steps, batch, lr, seed, path, every, device="auto"):
    place = pick_device(device)
    policy.to(place)
    optimiser = torch.optim.Adam(policy.parameters(), lr=lr)
    generator, losses = torch.Generator().manual_seed(seed), []
    if Path(path).exists():
        saved = load(path, policy)
        optimiser.load_state_dict(saved["optimiser"])
        generator.set_state(saved["generator"])
        steps -= len(saved["losses"])
    while len(losses) < steps:
        rows = torch.randint(len(obs), (batch,), generator=generator)
        loss = policy.loss(obs[rows].to(place), act[rows].to(place)).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
        if len(losses) % every == 0:
            state = {"optimiser": optimiser.state_dict(), "generator": generator.get_state()}
            save(path, policy, losses=losses, **state)
    policy.cpu()
    return losses
