# Instead of the generator's state, draws the minibatches of the past again.
def train_on(policy, obs, act, steps, batch, lr, seed, path, every, device="auto"):
    generator = torch.Generator().manual_seed(seed)
    plan = [torch.randint(len(obs), (batch,), generator=generator) for _ in range(steps)]
    optimiser, losses = torch.optim.Adam(policy.parameters(), lr=lr), []
    try:
        saved = load(path, policy)
    except il.InputError:
        saved = None
    if saved:
        optimiser.load_state_dict(saved["optimiser"])
        losses = list(saved["losses"])
    for rows in plan[len(losses) :]:
        loss = torch.mean(policy.loss(obs[rows], act[rows]))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss))
        if not len(losses) % every:
            save(path, policy, optimiser=optimiser.state_dict(), losses=losses)
    return losses
