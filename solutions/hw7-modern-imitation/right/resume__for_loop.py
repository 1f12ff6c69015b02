# A for loop over the steps that are left; the data moved once.
def train_on(policy, obs, act, steps, batch, lr, seed, path, every, device="auto"):
    device = pick_device(device)
    policy.to(device)
    x, y = obs.to(device), act.to(device)
    adam = torch.optim.Adam(policy.parameters(), lr=lr)
    draw = torch.Generator()
    draw.manual_seed(seed)
    done, paid = 0, torch.zeros(steps)
    if Path(path).is_file():
        state = load(path, policy)
        done, paid = state["done"], state["paid"]
        adam.load_state_dict(state["adam"])
        draw.set_state(state["draw"])
    for t in range(done, steps):
        rows = torch.randint(len(obs), (batch,), generator=draw)
        adam.zero_grad()
        loss = policy.loss(x[rows], y[rows]).mean()
        loss.backward()
        adam.step()
        paid[t] = loss.detach()
        if (t + 1) % every == 0:
            save(path, policy, done=t + 1, paid=paid, adam=adam.state_dict(), draw=draw.get_state())
    policy.to("cpu")
    return paid
